using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Flows;

/// <summary><c>POST /api/v1/query/flows</c>: nodes and links, or with <c>people</c> whose paths are behind one of them.</summary>
public sealed class FlowsRoute(V1Door door, FlowsReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        var definition = FlowsBody.Read(body, project, now, errors);
        var people = FlowsPeopleBody.Read(body, errors);
        if (definition is null || errors.Count > 0) return Problem.InvalidField(errors);
        return people is null ? await AnswerAsync(request, definition, cancellationToken) : await PathsAsync(request, definition, people, cancellationToken);
    });

    async Task<IResult> AnswerAsync(HttpRequest request, FlowsDefinition definition, CancellationToken cancellationToken)
    {
        var answer = await report.AnswerAsync(definition, cancellationToken);
        return ReportAnswer.Of(request, answer.Coverage, () => FlowsCsv.Of(answer), json => FlowsJson.Write(json, answer));
    }

    async Task<IResult> PathsAsync(HttpRequest request, FlowsDefinition definition, FlowsPeopleQuestion question, CancellationToken cancellationToken)
    {
        var (paths, coverage) = await report.PathsAsync(definition, question.Number, cancellationToken);
        var (page, next) = ListCursor<FoundPath>.Cut(paths, question.After, question.Limit, FoundPath.Order);
        return ReportAnswer.Of(request, coverage, () => FlowsCsv.OfPaths(paths), json => FlowsJson.WritePaths(json, paths.Count, page, next, coverage));
    }
}
