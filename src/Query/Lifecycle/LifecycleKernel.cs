using Cairn.Query.Definitions;

namespace Cairn.Query.Lifecycle;

/// <summary>What one person is in each interval.</summary>
/// <remarks>Meaning: docs/semantics/lifecycle.md; the naive twin is the tests' oracle.</remarks>
static class LifecycleKernel
{
    /// <summary>Finds the statuses of a person.</summary>
    /// <param name="times">All times at which they were active, from the first there ever was, Unix milliseconds, ascending.</param>
    /// <param name="startsMs">Where the interval before the first begins, then each of the report's intervals, then where the last one ends.</param>
    /// <param name="begun">So many of the intervals have begun.</param>
    /// <param name="statuses">Set; one for each of the report's intervals.</param>
    public static void FindStatuses(ReadOnlySpan<long> times, ReadOnlySpan<long> startsMs, int begun, Span<LifecycleStatus> statuses)
    {
        statuses.Clear();
        // Intervals are numbered from that before the first, which is 0; -1 is any time earlier.
        var (at, last) = (-1, -1);
        var isKnown = false;
        foreach (var time in times)
        {
            if (time >= startsMs[^1]) break;
            while (at + 1 < startsMs.Length && startsMs[at + 1] <= time) at++;
            if (isKnown && at == last) continue;
            if (at > 0) statuses[at - 1] = !isKnown ? LifecycleStatus.New : last == at - 1 ? LifecycleStatus.Current : LifecycleStatus.Resurrected;
            if (last >= 0 && last < at - 1) Leave(last, begun, statuses);
            (isKnown, last) = (true, at);
        }
        if (last >= 0) Leave(last, begun, statuses);
    }

    /// <summary>Whoever was active in an interval and not in the next is dormant in that.</summary>
    static void Leave(int interval, int begun, Span<LifecycleStatus> statuses)
    {
        if (interval < begun) statuses[interval] = LifecycleStatus.Dormant;
    }
}
