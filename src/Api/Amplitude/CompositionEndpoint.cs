using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Composition;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/composition</c>: the users of each value of a property.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "User composition". Shapes: docs/wire/amplitude-query.md.</remarks>
public sealed class CompositionEndpoint(AmplitudeDoor door, CompositionReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var property = ChartParameters.Required(request.Query, "p");
        var answer = await report.AnswerAsync(new()
        {
            Project = project,
            Now = now,
            Range = ChartParameters.Days(request.Query, project),
            Events = [ChartJson.ActiveEvent],
            By = [new(UserProperties.Named(property))],
            Limit = SegmentationDefinition.MaxLimit,
            Switches = Switches.Amplitude,
        }, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("data");
            json.WriteStartArray("series");
            json.WriteStartArray();
            foreach (var series in answer.Series) json.WriteNumberValue(series.People);
            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteStartArray("seriesLabels");
            json.WriteStringValue(property);
            json.WriteEndArray();
            json.WriteStartArray("xValues");
            foreach (var series in answer.Series) json.WriteStringValue(series.Keys[0]);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }, cancellationToken);
}
