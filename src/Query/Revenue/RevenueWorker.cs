using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.Revenue;

/// <summary>Adds up what the people of some shards brought. Each thread has its own.</summary>
sealed class RevenueWorker
{
    readonly RevenuePlan plan;
    readonly CellBudget budget;
    readonly RevenueCell? watched;
    readonly StepScan scan;
    readonly AmountReader amountReader;
    readonly BreakdownColumns breakdowns;
    readonly SeriesTable keys = new();
    readonly List<(string[] Keys, RevenueCells Cells)> series = [];

    public RevenueWorker(RevenuePlan plan, CellBudget budget, ReportMemory memory, RevenueCell? watched)
    {
        (this.plan, this.budget, this.watched) = (plan, budget, watched);
        scan = new(plan.Conditions, plan.Definition.Filter);
        amountReader = new(plan.Amounts);
        breakdowns = new(plan.Breakdowns, plan.Definition.Switches.MissingKey, memory);
        if (watched is not null) Watch = new(plan.IndexOf(watched.Row), watched.Who);
        Overall = Make([]);
    }

    public RevenueCells Overall { get; }

    /// <summary>The same for each value of the breakdowns.</summary>
    public IReadOnlyList<(string[] Keys, RevenueCells Cells)> Series => series;

    /// <summary>The people of the cell that is watched; null where none is.</summary>
    public RevenueWatch? Watch { get; }

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.Definition.Range);
        var amounts = amountReader.Read(shard.Columns, matches, RevenuePlan.BringsMoney);
        breakdowns.Read(shard.Columns, matches.Rows);
        // The rows of nobody are no person's, yet what they brought came in.
        if (shard.PersonCount == 0) Add(RevenueCells.Nobody, matches, 0, matches.RowCount, amounts);
        for (var place = 0; place < matches.PersonCount; place++) Add(shard.Persons[matches.Places[place]], matches, matches.Starts[place], matches.Starts[place + 1], amounts);
    }

    void Add(int person, StepMatches matches, int from, int until, ReadOnlySpan<double> amounts)
    {
        var times = matches.Times;
        var masks = matches.Masks;
        var (bucket, sameUntilMs, wasActive) = (-1, long.MinValue, false);
        for (var i = from; i < until; i++)
        {
            // A person's times ascend, nobody's need not. A person is active in a bucket once, whatever more there is of the kind.
            var isSameBucket = person != RevenueCells.Nobody && times[i] < sameUntilMs;
            if (isSameBucket && breakdowns.Count == 0 && double.IsNaN(amounts[i]) && wasActive) continue;
            var isActive = (masks[i] & RevenuePlan.IsActive) != 0;
            // Whoever only might have brought money, and did not, counts for nothing.
            if (!isActive && double.IsNaN(amounts[i])) continue;
            if (!isSameBucket)
            {
                bucket = plan.Buckets.IndexOf(times[i], out sameUntilMs);
                wasActive = false;
            }
            wasActive |= isActive;
            Overall.Add(person, bucket, isActive, amounts[i]);
            if (breakdowns.Count == 0) continue;
            foreach (var key in breakdowns.SeriesOf(0, i)) series[IndexOf(key)].Cells.Add(person, bucket, isActive, amounts[i]);
        }
    }

    int IndexOf(in SeriesKey key)
    {
        var index = keys.IndexOf(key);
        if (index < series.Count) return index;
        budget.TakeBytes(200);
        var texts = breakdowns.KeysOf(key);
        series.Add((texts, Make(texts)));
        return index;
    }

    RevenueCells Make(string[] texts) => new(plan.Buckets.Count, plan.Definition.Switches.Payers, budget)
    {
        Watch = watched is not null && watched.Keys.SequenceEqual(texts) ? Watch : null,
    };
}
