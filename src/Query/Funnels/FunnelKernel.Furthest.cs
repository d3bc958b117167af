using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

public static partial class FunnelKernel
{
    /// <summary>The marks of an entry where the steps come in their order.</summary>
    const uint FirstStepEntry = FunnelRules.Entry | 1;

    /// <summary>
    /// The attempt that gets furthest, of equals the earliest, where nothing but the steps' order and elapsed time matters. An attempt that failed for lack of time
    /// tells which entries can still do better: those from which the step it missed is in time. The others are passed over.
    /// </summary>
    /// <remarks>Amplitude's way to count uniques. Source: Amplitude docs, "Funnel Analysis: how Amplitude computes funnels".</remarks>
    internal static FunnelWalk Furthest(FunnelRules rules, in JourneyRows rows, int firstEntry, int endEntry, FunnelWork work)
    {
        // Loops end at a span's own length, so that the compiler leaves out the bounds checks within.
        var marks = rows.Marks;
        var times = rows.TimesMs[..marks.Length];
        var entries = marks[..endEntry];
        var path = work.Path.AsSpan(0, rules.StepCount);
        var stepFrom = work.StepFrom.AsSpan(0, rules.StepCount);
        var stepAt = work.StepAt.AsSpan(0, rules.StepCount);
        var (hasTies, windowMs) = (rules.Ties == StepTies.SameMillisecond, rules.WindowMs);
        stepFrom.Fill(int.MaxValue);
        var best = 0;
        var entry = firstEntry;
        while (true)
        {
            while ((uint)entry < (uint)entries.Length && (entries[entry] & FirstStepEntry) != FirstStepEntry) entry++;
            if ((uint)entry >= (uint)entries.Length) break;
            var limitMs = times[entry] + windowMs;
            var (at, reached, neededMs) = (entry, 1, long.MaxValue);
            path[0] = entry;
            while ((uint)reached < (uint)path.Length)
            {
                var bit = 1u << reached;
                var row = hasTies && at > 0 && times[at - 1] == times[at] ? Tied(rows, at, bit, path[..reached]) : -1;
                if (row < 0)
                {
                    row = stepFrom[reached] <= at ? Math.Max(at + 1, stepAt[reached]) : at + 1;
                    for (; (uint)row < (uint)marks.Length; row++)
                        if ((marks[row] & bit) != 0 && !(hasTies && times[row] == times[at] && path[..reached].Contains(row))) break;
                    (stepFrom[reached], stepAt[reached]) = (at, row);
                }
                if ((uint)row >= (uint)times.Length) break;
                if (times[row] > limitMs) { neededMs = times[row] - windowMs; break; }
                path[reached++] = row;
                at = Math.Max(at, row);
            }
            if (reached > best)
            {
                best = reached;
                for (var step = 0; step < reached; step++) work.Chosen[step] = path[step];
                if (best == path.Length) break;
            }
            // Entries of the same moment may take each other for later steps: each is tried.
            var triedMs = times[entry++];
            if (neededMs == long.MaxValue && !(hasTies && entry < times.Length && times[entry] == triedMs)) break;
            while (entry < endEntry && times[entry] < neededMs && !(hasTies && times[entry] == triedMs)) entry++;
        }
        return best == 0 ? default : new(best, best == path.Length ? FunnelEnd.Converted : FunnelEnd.Dropped, marks.Length, marks.Length);
    }

    /// <summary>The first row before <paramref name="at"/>, of the same moment, that has the bit and is not taken; -1 where there is none.</summary>
    static int Tied(in JourneyRows rows, int at, uint bit, ReadOnlySpan<int> taken)
    {
        var first = at;
        while (first > 0 && rows.TimesMs[first - 1] == rows.TimesMs[at]) first--;
        for (var row = first; row < at; row++)
            if ((rows.Marks[row] & bit) != 0 && !taken.Contains(row)) return row;
        return -1;
    }
}
