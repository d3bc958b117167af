using System.Numerics;
using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

/// <summary>How far one attempt came.</summary>
/// <param name="Reached">Steps reached, from 1; 0 where there is no attempt.</param>
/// <param name="NextFrom">The row from which another attempt may begin, where one begins when another has ended.</param>
/// <param name="ClosedAt">The row that ended it; the number of rows where none did.</param>
public readonly record struct FunnelWalk(int Reached, FunnelEnd End, int NextFrom, int ClosedAt);

/// <summary>Walks through one person's rows, step by step. Knows nothing of files, properties or persons.</summary>
/// <remarks>
/// Meaning and worked examples: docs/semantics/funnels.md. A naive twin in tests/Support answers the same questions. Looking for a step begins where looking for
/// it ended before, so that all attempts of a person together look at each row about once a step, however many rows there are.
/// </remarks>
public static partial class FunnelKernel
{
    /// <summary>The attempt that begins at a row: each step is the first row that may follow the steps before it.</summary>
    /// <param name="entry">A row that may be an entry.</param>
    /// <param name="firstRow">Rows before it belong to an earlier attempt.</param>
    /// <param name="stopAt">Steps after which the walk ends, as if it had converted.</param>
    /// <param name="work">Its path is filled in.</param>
    public static FunnelWalk Walk(FunnelRules rules, in JourneyRows rows, int entry, int firstRow, int stopAt, FunnelWork work)
    {
        var path = work.Path;
        path[0] = entry;
        var (reached, at, block) = (1, entry, 0);
        var left = rules.Blocks[0] & ~(1u << rules.EntryStep(rows.Marks[entry]));
        var from = First(rules, rows, at, firstRow);
        while (reached < stopAt)
        {
            if (left == 0)
            {
                left = rules.Blocks[++block];
                from = First(rules, rows, at, firstRow);
            }
            var limitMs = rules.WindowSessions > 0 ? long.MaxValue : rows.TimesMs[rules.WindowFrom == WindowFrom.FirstStep ? entry : at] + rules.WindowMs;
            var taken = path.AsSpan(0, reached);
            var brake = Break(rules, rows, at, limitMs, taken, work);
            var end = rules.IsExact && brake < rows.Count ? AfterTies(rules, rows, brake) : rows.Count;
            var (next, nextStep) = (rows.Count, 0);
            for (var open = left; open != 0; open &= open - 1)
            {
                var step = BitOperations.TrailingZeroCount(open);
                var found = Step(rules, rows, step, from, end, limitMs, taken, work);
                if (found < next) (next, nextStep) = (found, step);
            }
            if (brake < rows.Count && (next == rows.Count || IsBefore(rules, rows, brake, next)))
                return rules.IsExact ? new(reached, FunnelEnd.Dropped, brake, brake) : new(reached, FunnelEnd.Excluded, brake + 1, brake);
            if (next == rows.Count) return new(reached, FunnelEnd.Dropped, Outside(rules, rows, entry, at, limitMs), rows.Count);
            path[reached++] = next;
            left &= ~(1u << nextStep);
            at = Math.Max(at, next);
        }
        return new(reached, FunnelEnd.Converted, at + 1, at);
    }

    /// <summary>Whether one row lies before another so surely that they can't be taken the other way round.</summary>
    public static bool IsBefore(FunnelRules rules, in JourneyRows rows, int one, int other) => rules.Ties switch
    {
        StepTies.Stored => one < other,
        StepTies.SameMillisecond => rows.TimesMs[one] < rows.TimesMs[other],
        StepTies.SameSecond => SecondOf(rows.TimesMs[one]) < SecondOf(rows.TimesMs[other]),
        StepTies.WithinTwoSeconds => rows.TimesMs[one] + rules.GraceMs < rows.TimesMs[other],
    };

    /// <summary>The first row that does not lie before <paramref name="at"/>; rows of equal time in any order count as following.</summary>
    static int First(FunnelRules rules, in JourneyRows rows, int at, int firstRow)
    {
        if (rules.Ties == StepTies.Stored) return at + 1;
        if (at <= firstRow || IsBefore(rules, rows, at - 1, at)) return at + 1;
        var ms = rows.TimesMs[at];
        var leastMs = rules.Ties == StepTies.SameSecond ? SecondOf(ms) * 1000 : ms - rules.GraceMs;
        return Math.Max(firstRow, LowerBound(rows.TimesMs[..at], leastMs));
    }

    /// <summary>The first row from <paramref name="from"/> on that meets a step and is not taken; the number of rows where none is in time.</summary>
    static int Step(FunnelRules rules, in JourneyRows rows, int step, int from, int end, long limitMs, ReadOnlySpan<int> taken, FunnelWork work)
    {
        var row = from;
        if (work.StepFrom[step] <= from) row = Math.Max(row, work.StepAt[step]);
        row = NextMarked(rows, 1u << step, row, end, limitMs);
        (work.StepFrom[step], work.StepAt[step]) = (from, row);
        while (row < end && (taken.Contains(row) || !IsCovered(rules, rows, taken[0], row))) row = NextMarked(rows, 1u << step, row + 1, end, limitMs);
        return row < end && rows.TimesMs[row] <= limitMs ? row : rows.Count;
    }

    /// <summary>The first row surely after <paramref name="at"/> that ends the attempt; the number of rows where none does in time.</summary>
    static int Break(FunnelRules rules, in JourneyRows rows, int at, long limitMs, ReadOnlySpan<int> taken, FunnelWork work)
    {
        var bits = rules.IsExact ? uint.MaxValue : rules.Breaks[taken.Length];
        if (bits == 0) return rows.Count;
        var row = at + 1;
        if (rules.IsExact)
        {
            while (row < rows.Count && (!IsBefore(rules, rows, at, row) || taken.Contains(row) || !IsCovered(rules, rows, taken[0], row))) row++;
        }
        else
        {
            if (work.BreakFrom[taken.Length] <= row) row = Math.Max(row, work.BreakAt[taken.Length]);
            row = NextMarked(rows, bits, row, rows.Count, limitMs);
            (work.BreakFrom[taken.Length], work.BreakAt[taken.Length]) = (at + 1, row);
            while (row < rows.Count && rows.TimesMs[row] <= limitMs && (!IsBefore(rules, rows, at, row) || taken.Contains(row) || !IsCovered(rules, rows, taken[0], row)))
                row = NextMarked(rows, bits, row + 1, rows.Count, limitMs);
        }
        return row < rows.Count && rows.TimesMs[row] <= limitMs ? row : rows.Count;
    }

    /// <summary>The first row that has one of the bits, or lies past the limit, or is the end.</summary>
    static int NextMarked(in JourneyRows rows, uint bits, int row, int end, long limitMs)
    {
        var marks = rows.Marks;
        var times = rows.TimesMs;
        while (row < end && (marks[row] & bits) == 0 && times[row] <= limitMs) row++;
        return row;
    }

    /// <summary>The first row that lies surely after a row.</summary>
    static int AfterTies(FunnelRules rules, in JourneyRows rows, int row)
    {
        var after = row + 1;
        while (after < rows.Count && !IsBefore(rules, rows, row, after)) after++;
        return after;
    }

    /// <summary>Whether a row lies within the entry's window of sessions.</summary>
    static bool IsCovered(FunnelRules rules, in JourneyRows rows, int entry, int row) =>
        rules.WindowSessions == 0 || rows.Sessions[row] >= 0 && (uint)(rows.Sessions[row] - rows.Sessions[entry]) < (uint)rules.WindowSessions;

    /// <summary>The first row past an attempt's window.</summary>
    static int Outside(FunnelRules rules, in JourneyRows rows, int entry, int at, long limitMs)
    {
        if (rules.WindowSessions == 0) return at + 1 + UpperBound(rows.TimesMs[(at + 1)..], limitMs);
        var row = at + 1;
        while (row < rows.Count && rows.Sessions[row] < rows.Sessions[entry] + rules.WindowSessions) row++;
        return row;
    }

    static long SecondOf(long ms) => ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);

    static int LowerBound(ReadOnlySpan<long> ascending, long value)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ascending[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    static int UpperBound(ReadOnlySpan<long> ascending, long value) => value == long.MaxValue ? ascending.Length : LowerBound(ascending, value + 1);
}
