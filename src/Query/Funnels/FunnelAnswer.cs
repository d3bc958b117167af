using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Funnels;

/// <summary>What a funnel came to.</summary>
/// <param name="Starts">The local times at which the trend's buckets begin, ascending; empty without a trend.</param>
/// <param name="AreComplete">For each bucket whether every attempt that began in it has had its whole window.</param>
/// <param name="Series">By compared filter: the whole first, then breakdown values, the most entries first, then what is left of them.</param>
/// <param name="SeriesBeforeLimit">How many breakdown values there were before the limit.</param>
public sealed record FunnelAnswer(
    IReadOnlyList<LocalDateTime> Starts, IReadOnlyList<bool> AreComplete, IReadOnlyList<FunnelSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of a funnel.</summary>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The value of each breakdown as text; empty for the whole and for the other.</param>
/// <param name="Whole">Over the whole range.</param>
/// <param name="Buckets">One a bucket of the trend.</param>
public sealed record FunnelSeries(FunnelSeriesKind Kind, int ComparedIndex, IReadOnlyList<string> Keys, FunnelCounts Whole, IReadOnlyList<FunnelCounts> Buckets);

public enum FunnelSeriesKind
{
    /// <summary>All attempts under a compared filter.</summary>
    Whole,

    /// <summary>Those of one value of each breakdown.</summary>
    Value,

    /// <summary>Those of the values that the limit left out, together.</summary>
    Other,
}

/// <summary>How many reached which step, of one series and bucket.</summary>
/// <param name="Steps">One a step.</param>
public sealed record FunnelCounts(IReadOnlyList<FunnelStepCount> Steps)
{
    public long Entered => Steps[0].Reached;

    public long Converted => Steps[^1].Reached;
}

/// <summary>One step's numbers.</summary>
/// <param name="Reached">Persons, attempts or sessions that reached it.</param>
/// <param name="Excluded">Those of them that an exclusion ended before the next step.</param>
/// <param name="FromPrevious">Share of those that reached the step before, 0 to 1; 1 for the first step, 0 where nobody could.</param>
/// <param name="FromFirst">Share of those that entered.</param>
/// <param name="Sum">The number added up over the events that reached it; 0 where none is asked for.</param>
/// <param name="TimeFromPrevious">Null for the first step, and where nobody reached this one.</param>
/// <param name="TimeFromStart">The same, from the entry.</param>
public sealed record FunnelStepCount(
    long Reached, long Excluded, double FromPrevious, double FromFirst, double Sum, FunnelTimes? TimeFromPrevious, FunnelTimes? TimeFromStart);

/// <summary>How long it took, milliseconds.</summary>
/// <param name="Spread">Null where only the average was asked for.</param>
public sealed record FunnelTimes(double AverageMs, TimeSpread? Spread);

/// <summary>How times lie.</summary>
/// <param name="Bins">Without gaps from 0 up to the greatest.</param>
public sealed record TimeSpread(double LeastMs, double P25Ms, double MedianMs, double P75Ms, double P90Ms, double P99Ms, double GreatestMs, IReadOnlyList<TimeBin> Bins);

/// <summary>How many times lie from one up to, not including, another; the last bin has no end.</summary>
public readonly record struct TimeBin(long FromMs, long? UntilMs, long Count);
