using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

public static partial class FunnelKernel
{
    /// <summary>One person's attempts, one after the other, those that begin at certain rows.</summary>
    /// <param name="firstEntry">The first row that may be an entry.</param>
    /// <param name="endEntry">The end of those rows.</param>
    public ref struct Attempts(FunnelRules rules, JourneyRows rows, int firstEntry, int endEntry, FunnelWork work)
    {
        readonly JourneyRows rows = rows;
        int from = firstEntry, consumed;

        /// <summary>The attempt at hand; its rows are the first of the work's path.</summary>
        public FunnelWalk Current { get; private set; }

        public readonly ReadOnlySpan<int> Path => work.Path.AsSpan(0, Current.Reached);

        public bool MoveNext()
        {
            var entry = NextEntry(from);
            if (entry < 0) return false;
            switch (rules.Reentry)
            {
                case FunnelReentry.Aggressive:
                    Current = Walk(rules, rows, entry, 0, rules.StepCount, work);
                    from = entry + 1;
                    return true;
                case FunnelReentry.Optimized:
                    entry = Latest(entry);
                    Current = Walk(rules, rows, entry, consumed, rules.StepCount, work);
                    break;
                case FunnelReentry.Basic:
                    Current = UntilReentry(Walk(rules, rows, entry, consumed, rules.StepCount, work));
                    break;
                case FunnelReentry.Default:
                default:
                    Current = Walk(rules, rows, entry, consumed, rules.StepCount, work);
                    break;
            }
            from = consumed = Math.Max(entry + 1, Current.NextFrom);
            return true;
        }

        /// <summary>The entry that stands when the second step comes: each later one takes the former's place.</summary>
        readonly int Latest(int entry)
        {
            while (true)
            {
                var toSecond = Walk(rules, rows, entry, consumed, Math.Min(2, rules.StepCount), work);
                var movesAt = toSecond.Reached == 2 ? work.Path[1] : Math.Min(toSecond.ClosedAt, toSecond.NextFrom);
                var later = NextEntry(entry + 1);
                if (later < 0 || later >= movesAt || rules.StepCount == 1) return entry;
                entry = later;
            }
        }

        /// <summary>Cuts an attempt off where another entry comes after its second step.</summary>
        readonly FunnelWalk UntilReentry(FunnelWalk walk)
        {
            if (walk.Reached < 2) return walk;
            var path = work.Path.AsSpan(0, walk.Reached);
            var again = NextEntry(Math.Max(path[0], path[1]) + 1);
            while (again >= 0 && path.Contains(again)) again = NextEntry(again + 1);
            if (again < 0 || again >= Math.Min(walk.ClosedAt, walk.NextFrom)) return walk;
            var reached = 2;
            while (reached < path.Length && path[reached] < again) reached++;
            return new(reached, FunnelEnd.Dropped, again, again);
        }

        readonly int NextEntry(int row)
        {
            while (row < endEntry && rules.EntryStep(rows.Marks[row]) < 0) row++;
            return row < endEntry ? row : -1;
        }
    }

    /// <summary>The attempt that stands for a person among those that begin at certain rows.</summary>
    /// <returns>How far it came; nothing reached where there is none. Its rows are in <see cref="FunnelWork.Chosen"/>.</returns>
    public static FunnelWalk Choose(FunnelRules rules, in JourneyRows rows, int firstEntry, int endEntry, FunnelWork work)
    {
        if (rules.IsPlain) return Furthest(rules, rows, firstEntry, endEntry, work);
        var attempts = new Attempts(rules, rows, firstEntry, endEntry, work);
        var chosen = default(FunnelWalk);
        while (attempts.MoveNext())
        {
            if (attempts.Current.Reached <= chosen.Reached) continue;
            chosen = attempts.Current;
            attempts.Path.CopyTo(work.Chosen);
            if (rules.Attempt == FunnelAttempt.First || chosen.Reached == rules.StepCount) break;
        }
        return chosen;
    }
}
