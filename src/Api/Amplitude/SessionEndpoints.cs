using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Sessions;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/sessions/length</c>, <c>sessions/average</c> and <c>sessions/peruser</c>.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API". Shapes: docs/wire/amplitude-query.md.</remarks>
public sealed class SessionEndpoints(AmplitudeDoor door, SessionsReport report)
{
    /// <summary>How many sessions are how long.</summary>
    public Task<IResult> LengthAsync(HttpRequest request, CancellationToken cancellationToken) => AskAsync(request, (json, series, _) =>
    {
        // Without any session the vendor answers with nothing at all.
        var told = series.Where(one => one.Series.Whole.Sessions > 0).ToArray();
        json.WriteStartObject();
        json.WriteStartObject("data");
        WriteArrays(json, "series", told, one => one.Series.Whole.Bins.Select(count => (double)count));
        json.WriteStartArray("seriesCollapsed");
        foreach (var one in told) WriteCollapsed(json, one.Series.Whole.Sessions);
        json.WriteEndArray();
        WriteLabels(json, told);
        WriteMeta(json, told);
        json.WriteStartArray("xValues");
        if (told.Length > 0)
            foreach (var label in SessionChart.Labels(request.Query)) json.WriteStringValue(label);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteBoolean("withSets", false);
        json.WriteEndObject();
    }, cancellationToken);

    /// <summary>How long a session is on average, day by day, seconds.</summary>
    public Task<IResult> AverageAsync(HttpRequest request, CancellationToken cancellationToken) =>
        AskAsync(request, (json, series, starts) => WriteDays(json, series, starts, counts => counts.AverageMs / 1000), cancellationToken);

    /// <summary>How many sessions an active user has on average, day by day.</summary>
    public Task<IResult> PerUserAsync(HttpRequest request, CancellationToken cancellationToken) =>
        AskAsync(request, (json, series, starts) => WriteDays(json, series, starts, counts => counts.SessionsPerUser), cancellationToken);

    Task<IResult> AskAsync(HttpRequest request, Action<Utf8JsonWriter, IReadOnlyList<SegmentSeries>, IReadOnlyList<LocalDateTime>> write, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        IReadOnlyList<LocalDateTime> starts = [];
        var series = new List<SegmentSeries>();
        var definitions = SessionChart.Read(request.Query, project, now);
        for (var segment = 0; segment < definitions.Count; segment++)
        {
            var answer = await report.AnswerAsync(definitions[segment], cancellationToken);
            CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
            var kind = definitions[segment].Breakdowns.Count > 0 ? SessionSeriesKind.Value : SessionSeriesKind.Whole;
            series.AddRange(answer.Series.Where(one => one.Kind == kind).Select(one => new SegmentSeries(segment, one)));
            starts = answer.Starts;
        }
        return new JsonAnswer(StatusCodes.Status200OK, json => write(json, series, starts));
    }, cancellationToken);

    static void WriteDays(Utf8JsonWriter json, IReadOnlyList<SegmentSeries> series, IReadOnlyList<LocalDateTime> starts, Func<SessionCounts, double> value)
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        WriteArrays(json, "series", series, one => one.Series.Buckets.Select(value));
        json.WriteStartArray("seriesCollapsed");
        foreach (var one in series) WriteCollapsed(json, value(one.Series.Whole));
        json.WriteEndArray();
        if (series.Any(one => one.Series.Keys.Count > 0)) WriteLabels(json, series);
        WriteMeta(json, series);
        json.WriteStartArray("xValues");
        foreach (var start in starts) json.WriteStringValue(start.ToString("uuuu-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteArrays(Utf8JsonWriter json, string name, IReadOnlyList<SegmentSeries> series, Func<SegmentSeries, IEnumerable<double>> numbers)
    {
        json.WriteStartArray(name);
        foreach (var one in series)
        {
            json.WriteStartArray();
            foreach (var number in numbers(one)) json.WriteRawValue(ValueText.Number(number));
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    static void WriteCollapsed(Utf8JsonWriter json, double value)
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("setId", "");
        json.WritePropertyName("value");
        json.WriteRawValue(ValueText.Number(value));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    static void WriteLabels(Utf8JsonWriter json, IReadOnlyList<SegmentSeries> series)
    {
        json.WriteStartArray("seriesLabels");
        foreach (var one in series) json.WriteStringValue(string.Join("; ", one.Series.Keys));
        json.WriteEndArray();
    }

    static void WriteMeta(Utf8JsonWriter json, IReadOnlyList<SegmentSeries> series)
    {
        json.WriteStartArray("seriesMeta");
        foreach (var one in series)
        {
            json.WriteStartObject();
            json.WriteNumber("segmentIndex", one.Segment);
            json.WriteNumber("sessionIndex", 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    sealed record SegmentSeries(int Segment, SessionSeries Series);
}
