using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/events/segmentation</c>.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Event segmentation". Shapes: docs/wire/amplitude-query.md.</remarks>
public sealed class EventSegmentationEndpoint(AmplitudeDoor door, SegmentationReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var definition = SegmentationChart.Read(request.Query, project, now);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, definition, answer));
    }, cancellationToken);

    static void Write(Utf8JsonWriter json, SegmentationDefinition definition, SegmentationAnswer answer)
    {
        // Without any event the vendor answers with no series at all, but with every date.
        var asked = definition.Formulas.Count > 0 ? answer.Formulas : answer.Series;
        var series = asked.Any(one => one.Whole != 0 || one.Values.Any(value => value != 0)) ? asked : [];
        var isHistogram = definition.Measure is Measure.Histogram;
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteStartArray("series");
        foreach (var one in series)
        {
            json.WriteStartArray();
            if (isHistogram)
                foreach (var bin in one.Bins) json.WriteNumberValue(bin.Whole);
            else
                foreach (var value in one.Values) json.WriteRawValue(ValueText.Number(value));
            json.WriteEndArray();
        }
        json.WriteEndArray();
        WriteCollapsed(json, series);
        json.WriteStartArray("seriesLabels");
        for (var i = 0; i < series.Count; i++) WriteLabel(json, definition, series[i]);
        json.WriteEndArray();
        WriteMeta(json, definition, series);
        json.WriteStartArray("xValues");
        if (isHistogram)
            foreach (var bin in series.Count == 0 ? [] : series[0].Bins) json.WriteStringValue(XValue(bin));
        else
            foreach (var start in answer.Starts) json.WriteStringValue(XValue(start, definition.Unit.Unit));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteCollapsed(Utf8JsonWriter json, IReadOnlyList<Series> series)
    {
        json.WriteStartArray("seriesCollapsed");
        foreach (var one in series)
        {
            json.WriteStartArray();
            json.WriteStartObject();
            if (one.Keys.Count == 0) json.WriteString("setId", "");
            json.WritePropertyName("value");
            json.WriteRawValue(ValueText.Number(one.Whole));
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    /// <summary>A grouping's value as it is; of several the segment and all values; without any the number of the segment, or of the event where there are two.</summary>
    static void WriteLabel(Utf8JsonWriter json, SegmentationDefinition definition, Series series)
    {
        switch (series.Keys.Count)
        {
            case 0:
                json.WriteNumberValue(definition.Compared.Count > 1 ? series.ComparedIndex : series.EventIndex);
                break;
            case 1:
                json.WriteStringValue(series.Keys[0]);
                break;
            default:
                json.WriteStartArray();
                json.WriteNumberValue(series.ComparedIndex);
                json.WriteStringValue(string.Join("; ", series.Keys));
                json.WriteEndArray();
                break;
        }
    }

    static void WriteMeta(Utf8JsonWriter json, SegmentationDefinition definition, IReadOnlyList<Series> series)
    {
        json.WriteStartArray("seriesMeta");
        foreach (var one in series)
        {
            json.WriteStartObject();
            json.WriteNumber("segmentIndex", one.ComparedIndex);
            if (definition.Formulas.Count == 0) json.WriteNumber("eventIndex", one.EventIndex);
            else
            {
                json.WriteNumber("eventIndex", 0);
                json.WriteNumber("formulaIndex", one.EventIndex);
                json.WriteString("formula", definition.Formulas[one.EventIndex].Label);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A bin's name; its lower end belongs to it, its upper does not.</summary>
    static string XValue(SeriesBin bin) => $"[{(bin.From is { } from ? ValueText.Number(from) : "")}, {(bin.Until is { } until ? ValueText.Number(until) : "")})";

    static string XValue(LocalDateTime start, TimeUnit unit) => start.ToString(unit < TimeUnit.Day ? "uuuu-MM-dd'T'HH:mm:ss" : "uuuu-MM-dd", CultureInfo.InvariantCulture);
}
