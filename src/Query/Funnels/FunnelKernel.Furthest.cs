using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

public static partial class FunnelKernel
{
    /// <summary>
    /// The attempt that gets furthest, of equals the earliest, where nothing but the steps' order and elapsed time matters. An attempt that failed for lack of time
    /// tells which entries can still do better: those from which the step it missed is in time. The others are passed over.
    /// </summary>
    /// <remarks>Amplitude's way to count uniques. Source: Amplitude docs, "Funnel Analysis: how Amplitude computes funnels".</remarks>
    internal static FunnelWalk Furthest(FunnelRules rules, in JourneyRows rows, int firstEntry, int endEntry, FunnelWork work)
    {
        var times = rows.TimesMs;
        var marks = rows.Marks;
        var (steps, count) = (rules.StepCount, rows.Count);
        var (path, chosen, stepAt, stepFrom) = (work.Path, work.Chosen, work.StepAt, work.StepFrom);
        stepFrom.AsSpan(0, steps).Fill(int.MaxValue);
        var hasTies = rules.Ties == StepTies.SameMillisecond;
        var best = 0;
        var entry = firstEntry;
        while (true)
        {
            while (entry < endEntry && ((int)marks[entry] >= 0 || (marks[entry] & 1) == 0)) entry++;
            if (entry >= endEntry) break;
            var limitMs = times[entry] + rules.WindowMs;
            var (at, reached, neededMs) = (entry, 1, long.MaxValue);
            path[0] = entry;
            while (reached < steps)
            {
                var bit = 1u << reached;
                var row = hasTies && at > 0 && times[at - 1] == times[at] ? Tied(rows, at, bit, path.AsSpan(0, reached)) : -1;
                if (row < 0)
                {
                    row = stepFrom[reached] <= at ? Math.Max(at + 1, stepAt[reached]) : at + 1;
                    while (row < count && ((marks[row] & bit) == 0 || hasTies && times[row] == times[at] && path.AsSpan(0, reached).Contains(row))) row++;
                    (stepFrom[reached], stepAt[reached]) = (at, row);
                }
                if (row == count) break;
                if (times[row] > limitMs) { neededMs = times[row] - rules.WindowMs; break; }
                path[reached++] = row;
                at = Math.Max(at, row);
            }
            if (reached > best)
            {
                best = reached;
                path.AsSpan(0, reached).CopyTo(chosen);
                if (best == steps) break;
            }
            // Entries of the same moment may take each other for later steps: each is tried.
            var triedMs = times[entry++];
            if (neededMs == long.MaxValue && !(hasTies && entry < count && times[entry] == triedMs)) break;
            while (entry < endEntry && times[entry] < neededMs && !(hasTies && times[entry] == triedMs)) entry++;
        }
        return best == 0 ? default : new(best, best == steps ? FunnelEnd.Converted : FunnelEnd.Dropped, count, count);
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
