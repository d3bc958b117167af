namespace Cairn.Query.Definitions;

/// <summary>In what Mixpanel and Amplitude count retention differently.</summary>
/// <remarks>Each with its sources: docs/semantics/retention.md, "Switches".</remarks>
/// <param name="RollingFrom">Where rolling windows begin.</param>
/// <param name="BirthReturns">Whether a birth that is also a return counts as one, in bucket 0. In a streak it always does.</param>
/// <param name="Average">How the rows become one line.</param>
public sealed record RetentionSwitches(RollingFrom RollingFrom, bool BirthReturns, RetentionAverage Average)
{
    /// <summary>Windows from the birth itself, only what comes after it returns, larger rows weigh more.</summary>
    public static RetentionSwitches Mixpanel { get; } = new(RollingFrom.Birth, BirthReturns: false, RetentionAverage.WeightedBySize);

    /// <summary>Windows from each full hour with a birth, a birth may be its own return, rows are added up.</summary>
    public static RetentionSwitches Amplitude { get; } = new(RollingFrom.Hour, BirthReturns: true, RetentionAverage.Pooled);
}

/// <summary>Where rolling windows begin.</summary>
public enum RollingFrom
{
    /// <summary>At the birth, to the millisecond; of several births in a row (a day, a week, a month) the first counts.</summary>
    Birth,

    /// <summary>
    /// At the full hour that the birth lies in, by the clock of the time zone; with weeks and months at the beginning of its day. Each hour (day) with a
    /// birth opens windows of its own, so that one return may count in several buckets.
    /// </summary>
    Hour,
}

/// <summary>How the complete buckets of several rows become one.</summary>
public enum RetentionAverage
{
    /// <summary>Counts and sizes are both averaged with the sizes as weights: a row of 1000 weighs twice as much as one of 500.</summary>
    WeightedBySize,

    /// <summary>Counts and sizes are added up.</summary>
    Pooled,
}
