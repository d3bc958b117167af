using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Retention;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Retention;

/// <summary><c>POST /api/v1/query/retention</c>.</summary>
public sealed class RetentionRoute(V1Door door, RetentionReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        if (RetentionBody.Read(body, project, now, errors, out var cell, out var page) is not { } definition) return Problem.InvalidField(errors);
        if (cell is not null)
        {
            var (people, coverage) = await report.PeopleAsync(definition, cell, cancellationToken);
            return ReportAnswer.Of(request, page, people, coverage);
        }
        var answer = await report.AnswerAsync(definition, cancellationToken);
        return ReportAnswer.Of(request, answer.Coverage, () => RetentionText.Csv(definition, answer), json => RetentionText.Write(json, definition, answer));
    });
}
