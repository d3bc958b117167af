using Cairn.Query.Definitions;
using Cairn.Query.Funnels;

namespace Cairn.Support.Query;

/// <summary>One row of a journey, marked as the kernel's rows are.</summary>
public sealed record OracleRow(long Ms, uint Marks, int Session = 0);

/// <summary>An attempt: the rows of its steps in the order reached, and how it ended.</summary>
public sealed record OracleAttempt(IReadOnlyList<int> Path, FunnelEnd End);

/// <summary>The naive twin of the funnel kernel: looks at every row for every step of every attempt.</summary>
public sealed class FunnelWalkOracle(FunnelDefinition definition, IReadOnlyList<OracleRow> rows)
{
    readonly FunnelSwitches switches = definition.Switches.Funnels;
    readonly int stepCount = definition.Steps.Count;

    /// <summary>All attempts that begin at rows from <paramref name="first"/> up to <paramref name="end"/>, in their order.</summary>
    public IEnumerable<OracleAttempt> Attempts(int first, int end)
    {
        var (from, consumed) = (first, 0);
        while (true)
        {
            var entry = Entries(from, end).FirstOrDefault(-1);
            if (entry < 0) yield break;
            if (switches.Reentry == FunnelReentry.Aggressive)
            {
                yield return Walk(entry, 0).Attempt;
                from = entry + 1;
                continue;
            }
            while (switches.Reentry == FunnelReentry.Optimized && Replacement(entry, consumed, end) is { } later) entry = later;
            var (attempt, next) = Walk(entry, consumed);
            if (switches.Reentry == FunnelReentry.Basic && attempt.Path.Count >= 2)
            {
                var secondAt = Math.Max(attempt.Path[0], attempt.Path[1]);
                var until = attempt.End == FunnelEnd.Converted ? attempt.Path.Max() : attempt.End == FunnelEnd.Excluded ? next - 1 : next;
                var again = Entries(secondAt + 1, Math.Min(end, until)).FirstOrDefault(row => !attempt.Path.Contains(row), -1);
                if (again >= 0)
                {
                    var kept = attempt.Path.Take(2).Concat(attempt.Path.Skip(2).TakeWhile(row => row < again)).ToList();
                    (attempt, next) = (new(kept, FunnelEnd.Dropped), again);
                }
            }
            yield return attempt;
            from = consumed = Math.Max(entry + 1, next);
        }
    }

    /// <summary>The attempt that stands for the person; null where there is none.</summary>
    public OracleAttempt? Chosen(int first, int end)
    {
        var attempts = Attempts(first, end).ToList();
        if (attempts.Count == 0) return null;
        return switches.Attempt == FunnelAttempt.First ? attempts[0] : attempts.MaxBy(attempt => attempt.Path.Count);
    }

    IEnumerable<int> Entries(int first, int end) =>
        Enumerable.Range(first, Math.Max(0, end - first)).Where(row => (rows[row].Marks & FunnelRules.Entry) != 0 && BlockOf(0).Any(step => Meets(row, step)));

    /// <summary>Another entry that comes while the second step is awaited.</summary>
    int? Replacement(int entry, int consumed, int end)
    {
        if (stepCount == 1) return null;
        var (attempt, next) = Walk(entry, consumed);
        var until = attempt.Path.Count > 1 ? attempt.Path[1] : attempt.End == FunnelEnd.Excluded ? next - 1 : next;
        var later = Entries(entry + 1, Math.Min(end, until)).FirstOrDefault(-1);
        return later < 0 ? null : later;
    }

    /// <summary>The attempt from an entry, and the row from which another may begin.</summary>
    (OracleAttempt Attempt, int Next) Walk(int entry, int consumed)
    {
        var path = new List<int> { entry };
        var (block, blockBegan) = (0, entry);
        var left = BlockOf(0).ToList();
        left.Remove(left.First(step => Meets(entry, step)));
        while (true)
        {
            var latest = path.Max();
            if (left.Count == 0)
            {
                if (path.Count == stepCount) return (new(path, FunnelEnd.Converted), latest + 1);
                left = [.. BlockOf(++block)];
                blockBegan = latest;
            }
            var open = Enumerable.Range(0, rows.Count).Where(row => !path.Contains(row) && InWindow(entry, latest, row)).ToList();
            var next = open.FirstOrDefault(row => row >= consumed && !IsBefore(row, blockBegan) && left.Any(step => Meets(row, step)), -1);
            var brake = open.FirstOrDefault(row => IsBefore(latest, row) && EndsAttempt(row, path.Count), -1);
            if (brake >= 0 && (next < 0 || IsBefore(brake, next)))
                return definition.Order == FunnelOrder.Exact ? (new(path, FunnelEnd.Dropped), brake) : (new(path, FunnelEnd.Excluded), brake + 1);
            if (next < 0) return (new(path, FunnelEnd.Dropped), Outside(entry, latest));
            left.Remove(left.First(step => Meets(next, step)));
            path.Add(next);
        }
    }

    IEnumerable<int> BlockOf(int number)
    {
        if (definition.Order != FunnelOrder.Any) return [number];
        var blocks = new List<List<int>>();
        for (var step = 0; step < stepCount; step++)
        {
            if (blocks.Count == 0 || definition.Steps[step].IsAnchored || definition.Steps[step - 1].IsAnchored) blocks.Add([]);
            blocks[^1].Add(step);
        }
        return blocks[number];
    }

    bool Meets(int row, int step) => (rows[row].Marks >> step & 1) == 1;

    bool EndsAttempt(int row, int reached) => definition.Order == FunnelOrder.Exact || definition.Exclusions.Index().Any(exclusion =>
        (rows[row].Marks >> (FunnelRules.FirstExclusion + exclusion.Index) & 1) == 1 && exclusion.Item.FromStep <= reached && reached < exclusion.Item.ToStep);

    bool IsBefore(int one, int other) => switches.Ties switch
    {
        StepTies.Stored => one < other,
        StepTies.SameMillisecond => rows[one].Ms < rows[other].Ms,
        StepTies.SameSecond => Math.Floor(rows[one].Ms / 1000.0) < Math.Floor(rows[other].Ms / 1000.0),
        StepTies.WithinTwoSeconds => rows[other].Ms - rows[one].Ms > 2000,
    };

    bool InWindow(int entry, int latest, int row) => definition.EffectiveWindow switch
    {
        ConversionWindow.Duration { Length: var length } => rows[row].Ms - rows[switches.WindowFrom == WindowFrom.FirstStep ? entry : latest].Ms <= length.TotalMilliseconds,
        ConversionWindow.Sessions { Count: var count } => rows[row].Session >= 0 && rows[row].Session >= rows[entry].Session && rows[row].Session < rows[entry].Session + count,
        _ => throw new NotSupportedException($"{definition.Window}"),
    };

    int Outside(int entry, int latest)
    {
        for (var row = latest + 1; row < rows.Count; row++)
        {
            var isPast = definition.EffectiveWindow is ConversionWindow.Sessions { Count: var count } ? rows[row].Session >= rows[entry].Session + count : !InWindow(entry, latest, row);
            if (isPast) return row;
        }
        return rows.Count;
    }
}
