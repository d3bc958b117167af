using Cairn.Query.Definitions;

namespace Cairn.Query.Cohorts;

/// <summary>What one person did, by the rows that matter.</summary>
/// <remarks>Meaning: docs/semantics/cohorts.md; the naive twin is the tests' oracle. Times are Unix milliseconds, ascending; a window's end lies outside.</remarks>
static class CohortKernel
{
    /// <summary>How many rows of each of many people meet a condition within a window.</summary>
    /// <param name="starts">Where each person's rows begin, and where the last one's end.</param>
    /// <param name="bit">The condition's number.</param>
    /// <param name="counts">Set; one a person.</param>
    /// <remarks>Without a branch but the loops': what a row is can't be foretold.</remarks>
    public static void CountAll(ReadOnlySpan<int> starts, ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, int bit, long fromMs, long untilMs, Span<int> counts)
    {
        var lengthMs = (ulong)(untilMs - fromMs);
        for (var person = 0; person < counts.Length; person++)
        {
            var count = 0u;
            for (var row = starts[person]; row < starts[person + 1]; row++)
                count += masks[row] >> bit & ((ulong)(times[row] - fromMs) < lengthMs ? 1u : 0);
            counts[person] = (int)count;
        }
    }

    /// <summary>How many rows of each of many people meet a condition, whenever.</summary>
    public static void CountAll(ReadOnlySpan<int> starts, ReadOnlySpan<uint> masks, int bit, Span<int> counts)
    {
        for (var person = 0; person < counts.Length; person++)
        {
            var count = 0u;
            foreach (var mask in masks[starts[person]..starts[person + 1]]) count += mask >> bit & 1;
            counts[person] = (int)count;
        }
    }

    /// <summary>Whether each of many numbers compares as asked.</summary>
    public static void HoldAll(ReadOnlySpan<int> numbers, Comparison comparison, double value, Span<bool> holds)
    {
        for (var i = 0; i < numbers.Length; i++) holds[i] = Holds(numbers[i], comparison, value);
    }

    /// <summary>On how many different days.</summary>
    public static int CountDays(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, uint bit, long fromMs, long untilMs, LocalDays days)
    {
        var (count, last) = (0, long.MinValue);
        for (var row = 0; row < times.Length; row++)
        {
            if ((masks[row] & bit) == 0 || times[row] < fromMs || times[row] >= untilMs) continue;
            var day = days.Of(times[row]);
            if (day == last) continue;
            last = day;
            count++;
        }
        return count;
    }

    /// <summary>Whether the first row ever that meets a condition lies within a window.</summary>
    public static bool IsFirstWithin(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, uint bit, long fromMs, long untilMs)
    {
        for (var row = 0; row < times.Length; row++)
            if ((masks[row] & bit) != 0) return times[row] >= fromMs && times[row] < untilMs;
        return false;
    }

    /// <summary>Whether the last row within a window that meets a condition meets another as well.</summary>
    /// <param name="matches">The other condition, as a mask. Of rows at the last moment any may meet it.</param>
    public static bool LatestMatches(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, uint bit, uint matches, long fromMs, long untilMs)
    {
        var lastMs = long.MinValue;
        for (var row = times.Length - 1; row >= 0 && times[row] >= fromMs && times[row] >= lastMs; row--)
        {
            if ((masks[row] & bit) == 0 || times[row] >= untilMs) continue;
            if ((masks[row] & matches) != 0) return true;
            lastMs = times[row];
        }
        return false;
    }

    /// <summary>Whether the steps were done one after the other, each by a row of its own, from first to last in a time.</summary>
    /// <param name="firstBit">The number of the first step's bit; the others follow it.</param>
    /// <param name="inMs">A last row exactly this long after the first counts.</param>
    /// <param name="starts">Work space, one a step.</param>
    public static bool DidInSequence(
        ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, int firstBit, int stepCount, long inMs, long fromMs, long untilMs, Span<long> starts)
    {
        // For each step, the latest first row from which it can be reached: the best there is for all that follows.
        starts = starts[..stepCount];
        starts.Fill(long.MinValue);
        for (var row = 0; row < times.Length; row++)
        {
            if (times[row] < fromMs || times[row] >= untilMs) continue;
            var met = masks[row] >> firstBit;
            // From the last step down, so that one row is not two steps.
            for (var step = stepCount - 1; step >= 0; step--)
            {
                if ((met >> step & 1) == 0) continue;
                var start = step == 0 ? times[row] : starts[step - 1];
                if (start == long.MinValue || times[row] - start > inMs) continue;
                if (step == stepCount - 1) return true;
                starts[step] = start;
            }
        }
        return false;
    }

    /// <summary>Whether a number compares as asked.</summary>
    public static bool Holds(double number, Comparison comparison, double value) => comparison switch
    {
        Comparison.AtLeast => number >= value,
        Comparison.MoreThan => number > value,
        Comparison.AtMost => number <= value,
        Comparison.LessThan => number < value,
        Comparison.Exactly => number == value,
        Comparison.OtherThan => number != value,
    };
}
