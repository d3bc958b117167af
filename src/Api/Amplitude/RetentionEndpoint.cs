using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Retention;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/retention</c>.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Retention analysis". Shapes: docs/wire/amplitude-query.md.</remarks>
public sealed class RetentionEndpoint(AmplitudeDoor door, RetentionReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var definition = RetentionChart.Read(request.Query, project, now);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        var series = definition.Breakdowns.Count == 0 ? answer.Overall : answer.Series;
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, definition, series));
    }, cancellationToken);

    static void Write(Utf8JsonWriter json, RetentionDefinition definition, IReadOnlyList<RetentionSeries> series)
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteStartArray("series");
        foreach (var one in series) Write(json, one);
        json.WriteEndArray();
        json.WriteStartArray("seriesLabels");
        foreach (var one in series) json.WriteStringValue(string.Join("; ", one.Keys));
        json.WriteEndArray();
        json.WriteStartArray("seriesMeta");
        foreach (var one in series)
        {
            json.WriteStartObject();
            json.WriteNumber("segmentIndex", one.ComparedIndex);
            json.WriteNumber("eventIndex", 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Dates newest first; a date's cells are its size, then one for each interval that has begun.</summary>
    static void Write(Utf8JsonWriter json, RetentionSeries series)
    {
        json.WriteStartObject();
        json.WriteStartArray("dates");
        foreach (var row in series.Rows.Reverse()) json.WriteStringValue(Date(row.Start));
        json.WriteEndArray();
        json.WriteStartObject("values");
        foreach (var row in series.Rows)
        {
            json.WriteStartArray(Date(row.Start));
            WriteCell(json, row.Size, row.Size, isIncomplete: false);
            for (var bucket = 0; bucket < row.Begun; bucket++) WriteCell(json, row.Counts[bucket], row.Size, bucket >= row.Complete);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        WriteCombined(json, series);
        json.WriteEndObject();
    }

    /// <summary>All dates together, each user once; of each interval only the dates in which it has passed.</summary>
    static void WriteCombined(Utf8JsonWriter json, RetentionSeries series)
    {
        json.WriteStartArray("combined");
        WriteCell(json, series.Together.Size, series.Together.Size, isIncomplete: false, isCombined: true);
        var begun = series.Rows.Max(row => row.Begun);
        for (var bucket = 0; bucket < begun; bucket++)
            WriteCell(json, series.Together.Counts[bucket], series.Together.Sizes[bucket], series.Rows.All(row => bucket >= row.Complete), isCombined: true);
        json.WriteEndArray();
    }

    static void WriteCell(Utf8JsonWriter json, int count, int outOf, bool isIncomplete, bool isCombined = false)
    {
        json.WriteStartObject();
        json.WriteNumber("count", count);
        json.WriteNumber("outof", outOf);
        json.WriteBoolean("incomplete", isIncomplete);
        if (isCombined)
        {
            json.WriteString("retainedSetId", "");
            json.WriteString("dropoffSetId", "");
        }
        json.WriteEndObject();
    }

    static string Date(LocalDateTime start) => start.ToString("MMM dd, uuuu", CultureInfo.InvariantCulture);
}
