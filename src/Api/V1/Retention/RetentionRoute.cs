using Cairn.Api.Answers;
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
            return new JsonAnswer(StatusCodes.Status200OK, json => page.Write(json, people, coverage));
        }
        var answer = await report.AnswerAsync(definition, cancellationToken);
        if (AnswerFormat.IsCsv(request)) return new TextAnswer("text/csv; charset=utf-8", RetentionText.Csv(definition, answer));
        return new JsonAnswer(StatusCodes.Status200OK, json => RetentionText.Write(json, definition, answer));
    });
}
