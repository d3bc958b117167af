using System.Globalization;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Sessions;

namespace Cairn.Api.V1.Sessions;

/// <summary>A sessions answer as CSV: a line for each series over the whole range, then for each of its buckets.</summary>
static class SessionsCsv
{
    public static string Of(SessionsDefinition definition, SessionsAnswer answer)
    {
        var csv = new Csv().Row([
            "kind", .. definition.Breakdowns.Select((_, index) => $"key_{index + 1}"), "bucket", "sessions", "users", "sessions_per_user", "events", "events_per_session", "total_ms", "average_ms",
            "length_per_user_ms", "p25_ms", "median_ms", "p75_ms", "p90_ms", "p99_ms", "greatest_ms"]);
        foreach (var series in answer.Series)
        {
            AddTo(csv, definition, series, "", series.Whole);
            for (var bucket = 0; bucket < series.Buckets.Count; bucket++)
                AddTo(csv, definition, series, BucketText.Of(answer.Starts[bucket], definition.Unit.Unit), series.Buckets[bucket]);
        }
        return csv.ToString();
    }

    public static string OfSessions(IReadOnlyList<FoundSession> sessions)
    {
        var csv = new Csv().Row("person", "started_at", "length_ms", "events", "entry", "exit");
        foreach (var session in sessions)
            csv.Row(session.Person, CoverageHeaders.Iso(session.StartMs), Whole(session.LengthMs), Whole(session.Events), session.Entry, session.Exit);
        return csv.ToString();
    }

    static void AddTo(Csv csv, SessionsDefinition definition, SessionSeries series, string bucket, SessionCounts counts)
    {
        string[] keys = [.. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : "")];
        csv.Row([
            SessionsJson.KindWord(series.Kind), .. keys, bucket, Whole(counts.Sessions), Whole(counts.Users), ValueText.Number(counts.SessionsPerUser), Whole(counts.Events),
            ValueText.Number(counts.EventsPerSession), Whole(counts.TotalMs), ValueText.Number(counts.AverageMs), ValueText.Number(counts.LengthPerUserMs),
            Ms(counts.Lengths?.P25Ms), Ms(counts.Lengths?.MedianMs), Ms(counts.Lengths?.P75Ms), Ms(counts.Lengths?.P90Ms), Ms(counts.Lengths?.P99Ms), Ms(counts.Lengths?.GreatestMs)]);
    }

    static string Ms(double? ms) => ms is { } known ? ValueText.Number(known) : "";

    static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
