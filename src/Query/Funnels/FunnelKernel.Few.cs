using System.Numerics;
using System.Runtime.Intrinsics;
using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

public static partial class FunnelKernel
{
    /// <summary>Rows that count as few: a bit each.</summary>
    internal const int MostFew = 64;

    /// <summary>Marks read past a person's own.</summary>
    internal const int MarksPadding = 8;

    /// <summary>What <see cref="Furthest"/> gives, of a person with at most <see cref="MostFew"/> rows: the next row of a step is the next bit, so that nothing is searched.</summary>
    /// <param name="marks">The rows' marks, and at least <see cref="MarksPadding"/> more of whatever.</param>
    internal static FunnelWalk FurthestOfFew(FunnelRules rules, in JourneyRows rows, ReadOnlySpan<uint> marks, FunnelWork work)
    {
        var times = rows.TimesMs;
        if (rules.Ties == StepTies.SameMillisecond && HasTies(times)) return Furthest(rules, rows, 0, rows.Count, work);
        var steps = work.RowsOfStep.AsSpan(0, rules.StepCount);
        var entries = FindRows(marks, times.Length, steps);
        var path = work.Path.AsSpan(0, steps.Length);
        var (best, windowMs) = (0, rules.WindowMs);
        while (entries != 0)
        {
            var at = BitOperations.TrailingZeroCount(entries);
            var (limitMs, reached, neededMs) = (times[at] + windowMs, 1, long.MaxValue);
            path[0] = at;
            while (reached < path.Length)
            {
                var later = steps[reached] & (~1UL << at);
                if (later == 0) break;
                at = BitOperations.TrailingZeroCount(later);
                if (times[at] > limitMs) { neededMs = times[at] - windowMs; break; }
                path[reached++] = at;
            }
            if (reached > best)
            {
                best = reached;
                path[..reached].CopyTo(work.Chosen);
            }
            if (best == path.Length || neededMs == long.MaxValue) break;
            do entries &= entries - 1;
            while (entries != 0 && times[BitOperations.TrailingZeroCount(entries)] < neededMs);
        }
        return best == 0 ? default : new(best, best == path.Length ? FunnelEnd.Converted : FunnelEnd.Dropped, times.Length, times.Length);
    }

    /// <summary>Finds the rows of each step, eight rows at once.</summary>
    /// <returns>Those at which an attempt may begin.</returns>
    static ulong FindRows(ReadOnlySpan<uint> marks, int count, Span<ulong> steps)
    {
        steps.Clear();
        var entries = 0UL;
        for (var i = 0; i < count; i += Vector256<uint>.Count)
        {
            var some = Vector256.Create(marks.Slice(i, Vector256<uint>.Count));
            // A mark's last bit is the one extracted: an entry's own, and every other moved there.
            entries |= (ulong)some.ExtractMostSignificantBits() << i;
            for (var step = 0; step < steps.Length; step++) steps[step] |= (ulong)Vector256.ShiftLeft(some, 31 - step).ExtractMostSignificantBits() << i;
        }
        var own = ulong.MaxValue >> (MostFew - count);
        foreach (ref var step in steps) step &= own;
        return entries & steps[0];
    }

    static bool HasTies(ReadOnlySpan<long> times)
    {
        for (var i = 1; i < times.Length; i++)
            if (times[i] == times[i - 1]) return true;
        return false;
    }
}
