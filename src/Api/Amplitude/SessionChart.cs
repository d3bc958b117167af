using System.Globalization;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>The parameters of <c>sessions/length</c>, <c>sessions/average</c> and <c>sessions/peruser</c> as definitions.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Session length distribution", "Average session length", "Average sessions per user".</remarks>
static class SessionChart
{
    /// <summary>Bins where only the ends are given.</summary>
    const int ChosenBins = 10;

    static readonly (string Name, string Letter, long Ms)[] Units = [("seconds", "s", 1_000), ("minutes", "m", 60_000), ("hours", "h", 3_600_000), ("days", "d", 86_400_000)];

    /// <summary>One for each segment, or the only one.</summary>
    /// <exception cref="AmplitudeQueryException">A parameter can't be used; the message names it.</exception>
    public static IReadOnlyList<SessionsDefinition> Read(IQueryCollection query, ReportProject project, Instant now)
    {
        var segments = ChartParameters.Segments(query);
        var definition = new SessionsDefinition
        {
            Project = project,
            Now = now,
            Range = ChartParameters.Days(query, project),
            // A grouping is honoured with a single segment only.
            Breakdowns = segments.Count > 1 ? [] : [.. ChartParameters.Groups(query, "g")],
            BinsMs = Bins(query).BordersMs,
            Ends = 0,
            Limit = ChartParameters.Limit(query),
            Switches = Switches.Amplitude,
        };
        return segments.Count == 0 ? [definition] : [.. segments.Select(segment => definition with { Filter = segment.Filter })];
    }

    /// <summary>What a bin of lengths is called: <c>0s-60s</c>.</summary>
    public static IEnumerable<string> Labels(IQueryCollection query)
    {
        var (letter, unitMs, borders) = Bins(query);
        string Text(long ms) => (ms / unitMs).ToString(CultureInfo.InvariantCulture) + letter;
        for (var bin = 0; bin + 1 < borders.Count; bin++) yield return $"{Text(borders[bin])}-{Text(borders[bin + 1])}";
    }

    /// <summary>The bins asked for; the vendor's own where they are not all there, or are none.</summary>
    static (string Letter, long UnitMs, IReadOnlyList<long> BordersMs) Bins(IQueryCollection query)
    {
        var unit = Array.Find(Units, unit => unit.Name == query["timeHistogramConfigBinTimeUnit"].ToString());
        var (min, max, size) = (Whole(query, "Min"), Whole(query, "Max"), Whole(query, "Size"));
        if (unit.Name is null || min is not { } from || max is not { } until || until <= from || size is 0) return Default;
        var step = size ?? Math.Max(1, (until - from + ChosenBins - 1) / ChosenBins);
        if ((until - from + step - 1) / step > SessionsDefinition.MaxBins || until > SessionsDefinition.DefaultBinsMs[^2] / unit.Ms) return Default;
        var borders = new List<long>();
        for (var border = from; border < until; border += step) borders.Add(border * unit.Ms);
        borders.Add(until * unit.Ms);
        return (unit.Letter, unit.Ms, borders);
    }

    static (string, long, IReadOnlyList<long>) Default => (Units[0].Letter, Units[0].Ms, [.. SessionsDefinition.DefaultBinsMs.SkipLast(1)]);

    static long? Whole(IQueryCollection query, string name) =>
        int.TryParse(query[$"timeHistogramConfigBin{name}"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
