namespace Cairn.Query.Funnels;

/// <summary>Percentiles and distributions of times.</summary>
/// <remarks>
/// A percentile p of n ascending values is the value at place p (n - 1), counted from 0; between two values it is interpolated (Hyndman and Fan, "Sample Quantiles
/// in Statistical Packages", definition 7). The median of an even count so is the mean of the two in the middle.
/// </remarks>
static class Spreads
{
    const long Second = 1000, Minute = 60 * Second, Hour = 60 * Minute, Day = 24 * Hour;

    /// <summary>Where bins begin, after the first one's 0.</summary>
    static readonly long[] BinStarts = [Second, 10 * Second, Minute, 10 * Minute, Hour, 6 * Hour, Day, 3 * Day, 7 * Day, 14 * Day, 30 * Day, 90 * Day];

    /// <param name="timesMs">At least one, in any order; put into ascending order.</param>
    public static TimeSpread Of(Span<long> timesMs)
    {
        timesMs.Sort();
        return new(
            timesMs[0], PercentileOfSorted(timesMs, 0.25), PercentileOfSorted(timesMs, 0.5), PercentileOfSorted(timesMs, 0.75), PercentileOfSorted(timesMs, 0.9),
            PercentileOfSorted(timesMs, 0.99), timesMs[^1], BinsOfSorted(timesMs));
    }

    public static double PercentileOfSorted(ReadOnlySpan<long> ascending, double percentile)
    {
        var place = percentile * (ascending.Length - 1);
        var below = (int)place;
        return below + 1 == ascending.Length ? ascending[below] : ascending[below] + (place - below) * (ascending[below + 1] - ascending[below]);
    }

    static List<TimeBin> BinsOfSorted(ReadOnlySpan<long> ascending)
    {
        var bins = new List<TimeBin>();
        var (from, at) = (0L, 0);
        for (var bin = 0; at < ascending.Length; bin++)
        {
            long? until = bin < BinStarts.Length ? BinStarts[bin] : null;
            var first = at;
            while (at < ascending.Length && (until is null || ascending[at] < until)) at++;
            bins.Add(new(from, until, at - first));
            from = until ?? from;
        }
        return bins;
    }
}
