using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>The moments a report covers: from its first up to, not including, its end.</summary>
public readonly record struct TimeRange(Instant From, Instant Until)
{
    /// <summary>All the time there is.</summary>
    public static TimeRange Ever { get; } = new(Instant.MinValue, Instant.MaxValue);

    /// <summary>Whole days in a time zone, both included.</summary>
    public static TimeRange Days(LocalDate first, LocalDate last, DateTimeZone zone) =>
        new(zone.AtStartOfDay(first).ToInstant(), zone.AtStartOfDay(last.PlusDays(1)).ToInstant());

    /// <summary>Unix milliseconds of the first moment.</summary>
    public long FromMs => From.ToUnixTimeMilliseconds();

    /// <summary>Unix milliseconds of the end, which lies outside.</summary>
    public long UntilMs => Until.ToUnixTimeMilliseconds();
}
