using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Sessions;

namespace Cairn.Api.V1.Sessions;

/// <summary>Writes a sessions answer, and the sessions behind a number, as JSON.</summary>
static class SessionsJson
{
    public static void Write(Utf8JsonWriter json, SessionsDefinition definition, SessionsAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("buckets");
        foreach (var start in answer.Starts) json.WriteStringValue(BucketText.Of(start, definition.Unit.Unit));
        json.WriteEndArray();
        json.WriteStartArray("complete");
        foreach (var isComplete in answer.AreComplete) json.WriteBooleanValue(isComplete);
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var series in answer.Series) WriteSeries(json, definition, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    public static void WriteSessions(Utf8JsonWriter json, int count, IReadOnlyList<FoundSession> page, string? next, Coverage coverage)
    {
        json.WriteStartObject();
        json.WriteNumber("count", count);
        json.WriteStartArray("sessions");
        foreach (var session in page)
        {
            json.WriteStartObject();
            json.WriteString("person", session.Person);
            json.WriteString("started_at", CoverageHeaders.Iso(session.StartMs));
            json.WriteNumber("length_ms", session.LengthMs);
            json.WriteNumber("events", session.Events);
            json.WriteString("entry", session.Entry);
            json.WriteString("exit", session.Exit);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("next", next);
        CoverageJson.Write(json, coverage);
        json.WriteEndObject();
    }

    public static string KindWord(SessionSeriesKind kind) => kind switch
    {
        SessionSeriesKind.Whole => "whole",
        SessionSeriesKind.Value => "value",
        SessionSeriesKind.Other => "other",
    };

    static void WriteSeries(Utf8JsonWriter json, SessionsDefinition definition, SessionSeries series)
    {
        json.WriteStartObject();
        json.WriteString("kind", KindWord(series.Kind));
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        WriteCounts(json, series.Whole);
        json.WriteStartArray("bins");
        for (var bin = 0; bin < series.Whole.Bins.Count; bin++)
        {
            json.WriteStartObject();
            json.WriteNumber("from_ms", definition.BinsMs[bin]);
            if (definition.BinsMs[bin + 1] == long.MaxValue) json.WriteNull("until_ms");
            else json.WriteNumber("until_ms", definition.BinsMs[bin + 1]);
            json.WriteNumber("sessions", series.Whole.Bins[bin]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteEnds(json, "entries", series.Entries);
        WriteEnds(json, "exits", series.Exits);
        json.WriteStartArray("buckets");
        foreach (var bucket in series.Buckets)
        {
            json.WriteStartObject();
            WriteCounts(json, bucket);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteCounts(Utf8JsonWriter json, SessionCounts counts)
    {
        json.WriteNumber("sessions", counts.Sessions);
        json.WriteNumber("users", counts.Users);
        WriteNumber(json, "sessions_per_user", counts.SessionsPerUser);
        json.WriteNumber("events", counts.Events);
        WriteNumber(json, "events_per_session", counts.EventsPerSession);
        json.WriteNumber("total_ms", counts.TotalMs);
        WriteNumber(json, "average_ms", counts.AverageMs);
        WriteNumber(json, "length_per_user_ms", counts.LengthPerUserMs);
        if (counts.Lengths is not { } lengths)
        {
            json.WriteNull("lengths");
            return;
        }
        json.WriteStartObject("lengths");
        WriteNumber(json, "least_ms", lengths.LeastMs);
        WriteNumber(json, "p25_ms", lengths.P25Ms);
        WriteNumber(json, "median_ms", lengths.MedianMs);
        WriteNumber(json, "p75_ms", lengths.P75Ms);
        WriteNumber(json, "p90_ms", lengths.P90Ms);
        WriteNumber(json, "p99_ms", lengths.P99Ms);
        WriteNumber(json, "greatest_ms", lengths.GreatestMs);
        json.WriteEndObject();
    }

    static void WriteEnds(Utf8JsonWriter json, string name, IReadOnlyList<SessionEnd> ends)
    {
        json.WriteStartArray(name);
        foreach (var end in ends)
        {
            json.WriteStartObject();
            json.WriteString("event", end.Event);
            json.WriteNumber("sessions", end.Sessions);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteNumber(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }
}
