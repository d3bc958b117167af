using System.Runtime.InteropServices;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>Settles which attempts count in which series: once a shard's attempts are found, their values are read together.</summary>
sealed class AttemptSettling(FunnelPlan plan, FunnelGroups groups, ReportMemory memory) : IAttempts
{
    /// <summary>Cells after which the book of one person's chosen attempts is opened anew rather than wiped.</summary>
    const int MaxKeptCells = 1024;

    readonly ValueMemo<double>? sum = plan.Sum is null ? null : new(plan.Sum, value => value.Kind == ValueKind.Number ? value.Number : 0);
    readonly List<(FunnelRow Row, int ValuesAt, int Session, int Combination)> found = [];
    readonly List<int> stepRows = [], series = [];
    Dictionary<(int Series, int Bucket, long Unit), int> chosen = [];
    int person, stepsBefore, whole, comparedIndex;

    public FunnelRows Rows { get; } = new(memory);

    public void BeginCompared(int comparedIndex) => this.comparedIndex = comparedIndex;

    public void BeginPerson(int personCode) => person = personCode;

    public void Add(FunnelWalk walk, ReadOnlySpan<int> path, in JourneyRows rows, ReadOnlySpan<int> rowNumbers, int combination, int bucket)
    {
        var entryMs = rows.TimesMs[path[0]];
        var row = new FunnelRow(person, -1, bucket, 0, Rows.StepMs.Count, entryMs, (byte)walk.Reached, walk.End);
        var stepMs = Rows.AddSteps(walk.Reached);
        // A later step may lie within the grace before the entry.
        for (var step = 0; step < stepMs.Length; step++) stepMs[step] = Math.Max(0, rows.TimesMs[path[step]] - entryMs);
        if (sum is not null)
            foreach (var step in path[..walk.Reached]) stepRows.Add(rowNumbers[step]);
        var session = rows.Sessions.IsEmpty ? 0 : rows.Sessions[path[0]];
        found.Add((row, groups.Remember(path[..walk.Reached], rowNumbers), session, combination));
    }

    public void Settle(PartColumns part)
    {
        groups.Read(part);
        sum?.Evaluate(part, CollectionsMarshal.AsSpan(stepRows), Rows.AddValues(stepsBefore));
        whole = groups.Whole(comparedIndex);
        for (var first = 0; first < found.Count;)
        {
            var end = first + 1;
            while (end < found.Count && found[end].Row.Person == found[first].Row.Person) end++;
            SettlePerson(first, end);
            first = end;
        }
        found.Clear();
        stepRows.Clear();
        stepsBefore = Rows.StepMs.Count;
    }

    void SettlePerson(int first, int end)
    {
        if (chosen.Count > MaxKeptCells) chosen = [];
        else if (chosen.Count > 0) chosen.Clear();
        if (plan.Settles && plan.Definition.Switches.Funnels.Segments == FunnelSegments.ChosenAttempt) end = first + KeepChosen(first, end);
        var before = Rows.Rows.Count;
        var isSettled = !plan.Settles || plan.Definition.Switches.Funnels.Segments == FunnelSegments.ChosenAttempt;
        for (var i = first; i < end; i++)
        {
            var row = found[i].Row with { Unit = UnitOf(found[i].Session, found[i].Combination) };
            Count(row with { Series = whole }, isSettled);
            groups.SeriesOf(comparedIndex, found[i].ValuesAt, row.Reached, series);
            foreach (var own in series) Count(row with { Series = own }, isSettled);
        }
        if (plan.Buckets is { } buckets && plan.Definition.Switches.Funnels.Trend == FunnelTrend.WholeRange) CountByBucket(buckets, before);
    }

    /// <summary>What counts in the whole range counts in the bucket of its entry.</summary>
    void CountByBucket(Buckets buckets, int before)
    {
        var end = Rows.Rows.Count;
        for (var i = before; i < end; i++) Rows.Add(Rows.Rows[i] with { Bucket = buckets.IndexOf(Rows.Rows[i].EntryMs) });
    }

    /// <summary>Leaves of one person's attempts those that stand for a unit, at the front; gives how many.</summary>
    int KeepChosen(int first, int end)
    {
        var kept = 0;
        for (var i = first; i < end; i++)
        {
            var one = found[i];
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(chosen, (0, one.Row.Bucket, UnitOf(one.Session, one.Combination)), out var isKnown);
            if (!isKnown) found[place = first + kept++] = one;
            else if (Rows.IsBetter(one.Row, found[place].Row, plan.Rules.Attempt == FunnelAttempt.Best)) found[place] = one;
        }
        return kept;
    }

    long UnitOf(int session, int combination) =>
        (plan.Definition.Counting == FunnelCounting.Sessions ? (long)(session + 1) << 32 : 0) | (plan.CountsPairs ? (uint)combination : 0u);

    void Count(in FunnelRow row, bool isSettled)
    {
        if (isSettled)
        {
            Rows.Add(row);
            return;
        }
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(chosen, (row.Series, row.Bucket, row.Unit), out var isKnown);
        if (!isKnown)
        {
            place = Rows.Rows.Count;
            Rows.Add(row);
        }
        else if (Rows.IsBetter(row, Rows.Rows[place], plan.Rules.Attempt == FunnelAttempt.Best)) Rows.Rows[place] = row;
    }
}
