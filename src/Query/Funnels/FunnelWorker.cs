using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Sessions;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>Works through shards: marks rows, walks through them person by person, and gathers the attempts that count.</summary>
/// <remarks>One thread's own.</remarks>
sealed class FunnelWorker
{
    readonly FunnelPlan plan;
    readonly StepScan scan;
    readonly RowFilter?[] compared;
    readonly SessionNumbers? sessionNumbers;
    readonly HeldValues? held;
    readonly AttemptSettling? settling;
    readonly AttemptCounting? counting;
    readonly IAttempts attempts;
    readonly FunnelWork work = new();
    readonly List<(int Combination, int Row)> combinations = [];
    readonly bool isFurthestOfWhole;

    // Rows of one person that carry one value held constant.
    readonly List<long> heldTimes = [];
    readonly List<uint> heldMarks = [];
    readonly List<int> heldSessions = [], heldRows = [];

    uint[] marks = [];
    int[] sessions = [];

    public FunnelWorker(FunnelPlan plan, ReportMemory memory)
    {
        this.plan = plan;
        var definition = plan.Definition;
        scan = new(plan.Conditions, plan.RowFilter);
        compared = definition.Compared.Count == 0 ? [null] : [.. definition.Compared.Select(filter => filter.Filter is null ? null : RowFilter.Of(filter.Filter))];
        sessionNumbers = plan.NeedsSessions ? new(definition.Switches.Sessions, definition.Project.Zone) : null;
        held = plan.Held.Count == 0 ? null : new(plan.Held, memory);
        Groups = new(plan, memory);
        settling = plan.OnlyCounts ? null : new(plan, Groups, memory);
        counting = plan.OnlyCounts ? new(plan, Groups, memory) : null;
        attempts = (IAttempts?)settling ?? counting!;
        var hasFunnelEachBucket = plan.Buckets is not null && definition.Switches.Funnels.Trend == FunnelTrend.EachBucket;
        isFurthestOfWhole = plan.Rules.IsPlain && !plan.TakesAll && !plan.NeedsSessions && held is null && !hasFunnelEachBucket;
    }

    /// <summary>The attempts that count; only where they are kept.</summary>
    public FunnelRows Rows => settling!.Rows;

    /// <summary>What attempts came to that were not kept; null where they were.</summary>
    public AttemptCounting? Counted => counting;

    public FunnelGroups Groups { get; }

    public void Scan(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.ScanRange);
        if (marks.Length < matches.RowCount + FunnelKernel.MarksPadding) marks = GC.AllocateUninitializedArray<uint>(shard.RowCount + FunnelKernel.MarksPadding);
        if (sessionNumbers is not null)
        {
            if (sessions.Length < matches.RowCount) sessions = new int[matches.RowCount];
            sessionNumbers.Fill(shard.Columns, matches.Starts, matches.Rows, matches.Times, sessions.AsSpan(0, matches.RowCount));
        }
        held?.Read(shard.Columns, matches.Rows);
        for (var i = 0; i < compared.Length; i++)
        {
            attempts.BeginCompared(i);
            MarkEntries(shard, matches, compared[i]);
            if (isFurthestOfWhole) TakeFurthest(shard, matches);
            else
                for (var person = 0; person < matches.PersonCount; person++)
                {
                    shard.Columns.PauseAt(person);
                    WalkThrough(shard, matches, person);
                }
            attempts.Settle(shard.Columns);
        }
    }

    /// <summary>Marks the rows at which an attempt may begin.</summary>
    void MarkEntries(JourneyShard shard, StepMatches matches, RowFilter? filter)
    {
        var (fromMs, lengthMs) = (plan.Definition.Range.FromMs, (ulong)(plan.Definition.Range.UntilMs - plan.Definition.Range.FromMs));
        var times = matches.Times;
        var masks = matches.Masks;
        var first = plan.Rules.Blocks[0];
        if (shard.Columns.IsWithin(plan.Definition.Range)) MarkAll(masks, first, marks);
        else
            for (var i = 0; i < matches.RowCount; i++)
                marks[i] = masks[i] | ((masks[i] & first) != 0 && (ulong)(times[i] - fromMs) < lengthMs ? FunnelRules.Entry : 0);
        // What is in no session begins none.
        if (plan.NeedsSessions)
            for (var i = 0; i < matches.RowCount; i++)
                if (sessions[i] < 0) marks[i] &= ~FunnelRules.Entry;
        if (plan.Definition.Entrants == FunnelEntrants.NewInRange) LeaveOutKnown(shard, matches);
        if (filter is not null) LeaveOutOthers(shard.Columns, matches, filter);
    }

    /// <summary>Every row of the first steps is an entry.</summary>
    static void MarkAll(ReadOnlySpan<uint> masks, uint first, Span<uint> marks)
    {
        var i = 0;
        for (var (firsts, entry) = (Vector256.Create(first), Vector256.Create(FunnelRules.Entry)); i <= masks.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            var own = Vector256.Create(masks[i..]);
            (own | Vector256.AndNot(entry, Vector256.Equals(own & firsts, Vector256<uint>.Zero))).CopyTo(marks[i..]);
        }
        for (; i < masks.Length; i++) marks[i] = masks[i] | ((masks[i] & first) != 0 ? FunnelRules.Entry : 0);
    }

    /// <summary>Nobody enters who was there before the range.</summary>
    void LeaveOutKnown(JourneyShard shard, StepMatches matches)
    {
        for (var person = 0; person < matches.PersonCount; person++)
        {
            if (shard.Times[shard.Starts[matches.Places[person]]] >= plan.Definition.Range.FromMs) continue;
            for (var i = matches.Starts[person]; i < matches.Starts[person + 1]; i++) marks[i] &= ~FunnelRules.Entry;
        }
    }

    /// <summary>Nothing is an entry for which the compared filter is not true.</summary>
    void LeaveOutOthers(PartColumns part, StepMatches matches, RowFilter filter)
    {
        var rows = new int[matches.RowCount];
        var (places, count) = (new int[matches.RowCount], 0);
        for (var i = 0; i < matches.RowCount; i++)
            if ((marks[i] & FunnelRules.Entry) != 0) (places[count], rows[count++]) = (i, matches.Rows[i]);
        var kept = filter.Keep(part, rows.AsSpan(0, count));
        // Both ascend: whatever is missing among the kept is no entry.
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (at < kept && rows[at] == matches.Rows[places[i]]) at++;
            else marks[places[i]] &= ~FunnelRules.Entry;
        }
    }

    /// <summary>Of each person the attempt that gets furthest, where nothing else is asked for.</summary>
    void TakeFurthest(JourneyShard shard, StepMatches matches)
    {
        var times = matches.Times;
        var starts = matches.Starts;
        var rowNumbers = matches.Rows;
        for (var person = 0; person < matches.PersonCount; person++)
        {
            shard.Columns.PauseAt(person);
            var (first, count) = (starts[person], starts[person + 1] - starts[person]);
            var rows = new JourneyRows(times.Slice(first, count), marks.AsSpan(first, count), []);
            var chosen = count <= FunnelKernel.MostFew ? FunnelKernel.FurthestOfFew(plan.Rules, rows, marks.AsSpan(first), work) : FunnelKernel.Furthest(plan.Rules, rows, 0, count, work);
            if (chosen.Reached == 0) continue;
            attempts.BeginPerson(shard.Persons[matches.Places[person]]);
            attempts.Add(chosen, work.Chosen, rows, rowNumbers.Slice(first, count), 0, -1);
        }
    }

    void WalkThrough(JourneyShard shard, StepMatches matches, int person)
    {
        var (first, count) = (matches.Starts[person], matches.Starts[person + 1] - matches.Starts[person]);
        var code = shard.Persons[matches.Places[person]];
        var own = plan.NeedsSessions ? sessions.AsSpan(first, count) : [];
        attempts.BeginPerson(code);
        if (held is not null) WalkThroughEachValue(matches, first, count);
        else Take(new(matches.Times.Slice(first, count), marks.AsSpan(first, count), own), matches.Rows.Slice(first, count), 0);
    }

    /// <summary>Walks once for each value held constant: steps of other values are none, what ends an attempt does so whatever it carries.</summary>
    void WalkThroughEachValue(StepMatches matches, int first, int count)
    {
        var isStep = (1u << plan.Rules.StepCount) - 1;
        combinations.Clear();
        var hasOthers = false;
        for (var i = first; i < first + count; i++)
        {
            if ((marks[i] & isStep) != 0) held!.AddTo(combinations, i, i);
            hasOthers |= (marks[i] & ~(isStep | FunnelRules.Entry)) != 0;
        }
        combinations.Sort();
        for (var at = 0; at < combinations.Count;)
        {
            var (combination, from) = (combinations[at].Combination, at);
            heldTimes.Clear(); heldMarks.Clear(); heldSessions.Clear(); heldRows.Clear();
            while (at < combinations.Count && combinations[at].Combination == combination) at++;
            var ofValue = CollectionsMarshal.AsSpan(combinations)[from..at];
            if (!hasOthers)
                foreach (var (_, row) in ofValue) AddHeld(matches, row, marks[row]);
            else
                for (var (i, next) = (first, 0); i < first + count; i++)
                {
                    var isOfValue = next < ofValue.Length && ofValue[next].Row == i;
                    if (isOfValue) next++;
                    var mark = isOfValue ? marks[i] : marks[i] & ~(isStep | FunnelRules.Entry);
                    if (mark != 0 || plan.Rules.IsExact) AddHeld(matches, i, mark);
                }
            Take(new(CollectionsMarshal.AsSpan(heldTimes), CollectionsMarshal.AsSpan(heldMarks), CollectionsMarshal.AsSpan(heldSessions)), CollectionsMarshal.AsSpan(heldRows), combination + 1);
        }
    }

    void AddHeld(StepMatches matches, int row, uint mark)
    {
        heldTimes.Add(matches.Times[row]);
        heldMarks.Add(mark);
        heldRows.Add(matches.Rows[row]);
        if (plan.NeedsSessions) heldSessions.Add(sessions[row]);
    }

    /// <summary>Takes the attempts of one person, or of one of its values, for the whole range and for each bucket.</summary>
    void Take(in JourneyRows rows, ReadOnlySpan<int> rowNumbers, int combination)
    {
        if (!plan.Rules.IsPlain || plan.TakesAll) work.Forget();
        Take(rows, rowNumbers, combination, 0, rows.Count, -1);
        if (plan.Buckets is null || plan.Definition.Switches.Funnels.Trend != FunnelTrend.EachBucket) return;
        for (var from = 0; from < rows.Count;)
        {
            var bucket = (rows.Marks[from] & FunnelRules.Entry) == 0 ? -1 : plan.Buckets.IndexOf(rows.TimesMs[from]);
            var end = from + 1;
            if (bucket >= 0)
            {
                while (end < rows.Count && plan.Buckets.IndexOf(rows.TimesMs[end]) == bucket) end++;
                Take(rows, rowNumbers, combination, from, end, bucket);
            }
            from = end;
        }
    }

    void Take(in JourneyRows rows, ReadOnlySpan<int> rowNumbers, int combination, int from, int end, int bucket)
    {
        if (!plan.TakesAll)
        {
            var chosen = FunnelKernel.Choose(plan.Rules, rows, from, end, work);
            if (chosen.Reached > 0) attempts.Add(chosen, work.Chosen, rows, rowNumbers, combination, bucket);
            return;
        }
        var all = new FunnelKernel.Attempts(plan.Rules, rows, from, end, work);
        while (all.MoveNext()) attempts.Add(all.Current, all.Path, rows, rowNumbers, combination, bucket);
    }
}
