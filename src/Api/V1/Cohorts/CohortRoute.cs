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
        return ReportAnswer.Of(request, page, answer.People, answer.Coverage);
    });
}
