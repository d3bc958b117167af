using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>Which day of a time zone a moment lies in, whenever it is.</summary>
sealed class LocalDays
{
    const long DayMs = 86_400_000;

    readonly long[] fromMs;
    readonly long[] offsetsMs;

    /// <remarks>Before 1970 and after 2100 the offset of that time stays.</remarks>
    public LocalDays(DateTimeZone zone)
    {
        var intervals = zone.GetZoneIntervals(Instant.FromUtc(1970, 1, 1, 0, 0), Instant.FromUtc(2100, 1, 1, 0, 0)).ToArray();
        fromMs = [.. intervals.Select(interval => interval.HasStart ? interval.Start.ToUnixTimeMilliseconds() : long.MinValue)];
        offsetsMs = [.. intervals.Select(interval => (long)interval.WallOffset.Milliseconds)];
    }

    /// <summary>Days since 1970 in local time.</summary>
    public long Of(long unixMs)
    {
        var at = Array.BinarySearch(fromMs, unixMs);
        if (at < 0) at = Math.Max(0, ~at - 1);
        var local = unixMs + offsetsMs[at];
        return local >= 0 ? local / DayMs : ~(~local / DayMs);
    }
}
