using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Lifecycle;

/// <summary>What a lifecycle report came to.</summary>
/// <param name="Rows">One for each interval, ascending.</param>
public sealed record LifecycleAnswer(IReadOnlyList<LifecycleRow> Rows, Coverage Coverage);

/// <summary>How many people are what in one interval.</summary>
/// <param name="Start">The local time it begins at.</param>
/// <param name="IsComplete">Whether it is over.</param>
public sealed record LifecycleRow(LocalDateTime Start, int New, int Current, int Resurrected, int Dormant, bool IsComplete)
{
    /// <summary>Those who came for one who left: above 1 the number of the active grows. Null where nobody left.</summary>
    public double? Pulse => Dormant == 0 ? null : (double)(New + Resurrected) / Dormant;
}
