using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.Stickiness;

/// <summary>Counts the active units of the people of some shards. Each thread has its own.</summary>
sealed class StickinessWorker
{
    readonly StickinessPlan plan;
    readonly StickinessCell? watched;
    readonly CellBudget budget;
    readonly StepScan scan;
    readonly BreakdownColumns breakdowns;
    readonly SeriesTable keys = new();
    readonly List<(string[] Keys, int[]?[] Counts)> series = [];
    readonly int[] periods, counts;
    readonly int watchedPeriod;
    readonly List<(int Series, long Time)> ofValues = [];
    long[] times = [];

    public StickinessWorker(StickinessPlan plan, CellBudget budget, ReportMemory memory, StickinessCell? watched)
    {
        (this.plan, this.budget, this.watched) = (plan, budget, watched);
        scan = new(plan.Conditions, plan.Definition.Filter);
        breakdowns = new(plan.Breakdowns, plan.Definition.Switches.MissingKey, memory);
        periods = new int[plan.Periods.Count];
        counts = new int[plan.Periods.Count];
        Overall = new int[plan.Periods.Count][];
        watchedPeriod = watched is null ? -1 : PeriodOf(watched);
    }

    /// <summary>For each period, how many people were active on one unit, on two, …; null where nobody was.</summary>
    public int[]?[] Overall { get; }

    /// <summary>The same for each value of the breakdowns.</summary>
    public IReadOnlyList<(string[] Keys, int[]?[] Counts)> Series => series;

    /// <summary>Codes of the people of the cell that is watched.</summary>
    public List<int> Watched { get; } = [];

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.Definition.Range);
        breakdowns.Read(shard.Columns, matches, 1);
        for (var place = 0; place < matches.PersonCount; place++)
        {
            shard.Columns.PauseAt(place);
            var (start, end) = (matches.Starts[place], matches.Starts[place + 1]);
            var person = shard.Persons[matches.Places[place]];
            Count(person, matches.Times[start..end], Overall, []);
            if (breakdowns.Count > 0) CountValues(person, matches.Times[start..end], start);
        }
    }

    /// <summary>Counts each value's events on their own.</summary>
    void CountValues(int person, ReadOnlySpan<long> own, int start)
    {
        ofValues.Clear();
        for (var i = 0; i < own.Length; i++)
            foreach (var key in breakdowns.SeriesOf(0, start + i)) ofValues.Add((IndexOf(key), own[i]));
        ofValues.Sort();
        if (times.Length < ofValues.Count) times = new long[ofValues.Count];
        for (int at = 0, end; at < ofValues.Count; at = end)
        {
            for (end = at; end < ofValues.Count && ofValues[end].Series == ofValues[at].Series; end++) times[end - at] = ofValues[end].Time;
            var (texts, cells) = series[ofValues[at].Series];
            Count(person, times.AsSpan(0, end - at), cells, texts);
        }
    }

    void Count(int person, ReadOnlySpan<long> ascending, int[]?[] cells, string[] texts)
    {
        var found = StickinessKernel.CountUnits(ascending, plan.Units, plan.PeriodOfUnit, periods, counts);
        for (var i = 0; i < found; i++)
        {
            (cells[periods[i]] ??= budget.Take(plan.UnitsOf(periods[i])))[counts[i] - 1]++;
            if (watched is not null && periods[i] == watchedPeriod && IsWatched(counts[i]) && watched.Keys.SequenceEqual(texts)) Watched.Add(person);
        }
    }

    bool IsWatched(int units) => watched!.Units is not { } wanted || units == wanted || watched.AtLeast && units > wanted;

    int IndexOf(in SeriesKey key)
    {
        var index = keys.IndexOf(key);
        if (index < series.Count) return index;
        budget.TakeBytes(200 + 8L * plan.Periods.Count);
        series.Add((breakdowns.KeysOf(key), new int[plan.Periods.Count][]));
        return index;
    }

    int PeriodOf(StickinessCell cell)
    {
        for (var period = 0; period < plan.Periods.Count; period++)
            if (plan.Periods.Starts[period].Date == cell.Period) return period;
        throw new DefinitionException("people.row", $"no period begins on {cell.Period:uuuu-MM-dd}; the answer names them");
    }
}
