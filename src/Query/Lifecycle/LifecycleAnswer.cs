using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Lifecycle;

/// <summary>What a lifecycle report came to.</summary>
/// <param name="Rows">One for each interval, ascending: everybody.</param>
/// <param name="Series">Those of the breakdowns' values, the most people first.</param>
/// <param name="SeriesBeforeLimit">How many of them there were before the limit.</param>
public sealed record LifecycleAnswer(IReadOnlyList<LifecycleRow> Rows, IReadOnlyList<LifecycleSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="Keys">The value of each breakdown as text.</param>
/// <param name="Rows">One for each interval, ascending.</param>
public sealed record LifecycleSeries(IReadOnlyList<string> Keys, IReadOnlyList<LifecycleRow> Rows);

/// <summary>How many people are what in one interval.</summary>
/// <param name="Start">The local time it begins at.</param>
/// <param name="IsComplete">Whether it is over.</param>
public sealed record LifecycleRow(LocalDateTime Start, int New, int Current, int Resurrected, int Dormant, bool IsComplete)
{
    /// <summary>Those who came for one who left: above 1 the number of the active grows. Null where nobody left.</summary>
    public double? Pulse => Dormant == 0 ? null : (double)(New + Resurrected) / Dormant;
}
