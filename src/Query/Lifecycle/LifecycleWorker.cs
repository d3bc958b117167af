using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;
using NodaTime;

namespace Cairn.Query.Lifecycle;

/// <summary>Counts the people of some shards. Each thread has its own.</summary>
sealed class LifecycleWorker
{
    public const int StatusCount = (int)LifecycleStatus.Dormant + 1;

    readonly LifecyclePlan plan;
    readonly CellBudget budget;
    readonly LifecycleCell? watched;
    readonly int watchedRow;
    readonly StepScan scan;
    readonly BreakdownColumns breakdowns;
    readonly SeriesTable keys = new();
    readonly List<(string[] Keys, int[] Counts)> series = [];
    readonly LifecycleStatus[] statuses;
    readonly TimeRange range;
    int[] latest = [];

    public LifecycleWorker(LifecyclePlan plan, CellBudget budget, ReportMemory memory, LifecycleCell? watched)
    {
        (this.plan, this.budget, this.watched) = (plan, budget, watched);
        scan = new([StepCondition.Of(plan.Definition.Events)], plan.Definition.Filter);
        breakdowns = new(plan.Breakdowns, plan.Definition.Switches.MissingKey, memory);
        statuses = new LifecycleStatus[plan.Intervals.Count];
        range = TimeRange.Ever with { Until = Instant.FromUnixTimeMilliseconds(plan.Intervals.StartsMs[^1]) };
        watchedRow = watched is null ? -1 : plan.RowOf(watched.Row);
        Overall = budget.Take(plan.Intervals.Count * StatusCount);
    }

    /// <summary>Everybody: by interval, and within it by status.</summary>
    public int[] Overall { get; }

    /// <summary>The same for each value of the breakdowns.</summary>
    public IReadOnlyList<(string[] Keys, int[] Counts)> Series => series;

    /// <summary>Codes of the people of the cell that is watched.</summary>
    public List<int> Watched { get; } = [];

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, range);
        ReadLatest(shard, matches);
        for (var place = 0; place < matches.PersonCount; place++)
        {
            shard.Columns.PauseAt(place);
            LifecycleKernel.FindStatuses(matches.Times[matches.Starts[place]..matches.Starts[place + 1]], plan.Intervals.StartsMs, plan.Intervals.Begun, statuses);
            var person = shard.Persons[matches.Places[place]];
            Count(person, Overall, []);
            if (breakdowns.Count == 0) continue;
            foreach (var key in breakdowns.SeriesOf(0, place))
            {
                var (texts, counts) = series[IndexOf(key)];
                Count(person, counts, texts);
            }
        }
    }

    /// <summary>Reads the breakdowns' values of each person's latest event.</summary>
    void ReadLatest(JourneyShard shard, StepMatches matches)
    {
        if (breakdowns.Count == 0) return;
        if (latest.Length < matches.PersonCount) latest = new int[matches.PersonCount];
        for (var place = 0; place < matches.PersonCount; place++) latest[place] = matches.Rows[matches.Starts[place + 1] - 1];
        breakdowns.Read(shard.Columns, latest.AsSpan(0, matches.PersonCount));
    }

    void Count(int person, int[] counts, string[] texts)
    {
        for (var row = 0; row < statuses.Length; row++) counts[row * StatusCount + (int)statuses[row]]++;
        if (watched is not null && statuses[watchedRow] == watched.Status && (watched.Keys ?? []).SequenceEqual(texts)) Watched.Add(person);
    }

    int IndexOf(in SeriesKey key)
    {
        var index = keys.IndexOf(key);
        if (index == series.Count) series.Add((breakdowns.KeysOf(key), budget.Take(plan.Intervals.Count * StatusCount)));
        return index;
    }
}
