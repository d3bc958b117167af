using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/funnels</c>.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Funnel analysis". Shapes: docs/wire/amplitude-query.md.</remarks>
public sealed class FunnelEndpoint(AmplitudeDoor door, FunnelReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var definition = FunnelChart.Read(request.Query, project, now);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, definition, answer));
    }, cancellationToken);

    static void Write(Utf8JsonWriter json, FunnelDefinition definition, FunnelAnswer answer)
    {
        var kind = definition.Breakdowns.Count > 0 ? FunnelSeriesKind.Value : FunnelSeriesKind.Whole;
        // Without anybody the vendor answers with no series at all.
        var series = answer.Series.Any(one => one.Whole.Entered > 0 || one.Buckets.Any(bucket => bucket.Entered > 0)) ? answer.Series.Where(one => one.Kind == kind).ToList() : [];
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var one in series) FunnelElementJson.Write(json, definition, answer, one);
        json.WriteEndArray();
        json.WriteNumber("numSeries", series.Count);
        json.WriteNumber("timeComputed", definition.Now.ToUnixTimeMilliseconds());
        json.WriteBoolean("wasCached", false);
        json.WriteString("cacheFreshness", "FRESH");
        json.WriteEndObject();
    }
}
