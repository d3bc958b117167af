using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Cohorts;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Cohorts;

/// <summary><c>POST /api/v1/query/cohorts</c>: who is in a cohort, page by page.</summary>
public sealed class CohortRoute(V1Door door, CohortReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        if (CohortBody.Read(body, project, now, errors, out var page) is not { } definition) return Problem.InvalidField(errors);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        if (AnswerFormat.IsCsv(request)) return new TextAnswer("text/csv; charset=utf-8", answer.People.Aggregate(new Csv().Row("person"), (csv, person) => csv.Row(person)).ToString());
        return new JsonAnswer(StatusCodes.Status200OK, json => page.Write(json, answer.People, answer.Coverage));
    });
}
