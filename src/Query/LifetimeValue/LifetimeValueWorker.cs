using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Revenue;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.LifetimeValue;

/// <summary>Finds the births of the people of some shards and adds up what they brought since. Each thread has its own.</summary>
sealed class LifetimeValueWorker
{
    readonly LifetimeValuePlan plan;
    readonly CellBudget budget;
    readonly LifetimeValueCell? watched;
    readonly StepScan scan;
    readonly AmountReader amountReader;
    readonly RowFilter?[] compared;
    readonly BreakdownColumns breakdowns;
    readonly SeriesTable keys = new();
    readonly List<(int Compared, string[] Keys, LifetimeValueCells Cells)> series = [];
    readonly double[] sums;
    readonly List<Born> born = [];

    /// <summary>The rows of births; which compared filters each passes.</summary>
    int[] rows = [], passing = [];
    uint[] passes = [];

    public LifetimeValueWorker(LifetimeValuePlan plan, CellBudget budget, ReportMemory memory, LifetimeValueCell? watched)
    {
        (this.plan, this.budget, this.watched) = (plan, budget, watched);
        scan = new(plan.Conditions);
        amountReader = new(plan.Amounts);
        compared = [.. plan.Compared.Select(filter => filter is null ? null : RowFilter.Of(filter))];
        breakdowns = new(plan.Breakdowns, plan.Definition.Switches.MissingKey, memory);
        sums = new double[plan.Ages.Length];
        if (watched is not null) Watch = new(plan.RowOf(watched.Row), plan.Rows.Count, plan.AgeOf(watched.Age), watched.Who);
        Overall = [.. compared.Select((_, index) => Make(index, []))];
    }

    /// <summary>One for each compared filter.</summary>
    public LifetimeValueCells[] Overall { get; }

    /// <summary>The same for each value of the breakdowns.</summary>
    public IReadOnlyList<(int Compared, string[] Keys, LifetimeValueCells Cells)> Series => series;

    /// <summary>The people of the cell that is watched; null where none is.</summary>
    public LifetimeValueWatch? Watch { get; }

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, TimeRange.Ever);
        var amounts = amountReader.Read(shard.Columns, matches, LifetimeValuePlan.BringsMoney);
        FindBirths(shard, matches, amounts);
        ReadBirths(shard.Columns);
        for (var i = 0; i < born.Count; i++)
        {
            var (place, index, birthMs) = (born[i].Place, born[i].Index, shard.Times[rows[i]]);
            var (from, until) = index < 0 ? (0, 0) : (matches.Starts[index], matches.Starts[index + 1]);
            var total = LifetimeValueKernel.Sum(matches.Times[from..until], amounts[from..until], birthMs, plan.Ages, plan.Definition.Switches.Payers, sums, out var firstPaid);
            var (row, reached) = (plan.Rows.IndexOf(birthMs), LifetimeValueKernel.Reached(birthMs, plan.NowMs, plan.Ages));
            for (var filter = 0; filter < compared.Length; filter++)
            {
                if ((passes[i] >> filter & 1) == 0) continue;
                Overall[filter].Add(shard.Persons[place], row, reached, total, sums, firstPaid);
                if (breakdowns.Count == 0) continue;
                foreach (var key in breakdowns.SeriesOf(filter, i)) series[IndexOf(key)].Cells.Add(shard.Persons[place], row, reached, total, sums, firstPaid);
            }
        }
    }

    /// <summary>Who is born within the range.</summary>
    void FindBirths(JourneyShard shard, StepMatches matches, ReadOnlySpan<double> amounts)
    {
        born.Clear();
        if (rows.Length < shard.PersonCount) (rows, passing, passes) = (new int[shard.PersonCount], new int[shard.PersonCount], new uint[shard.PersonCount]);
        if (plan.BornByAnything)
        {
            var next = 0;
            foreach (var (from, until) in shard.PersonRuns())
                for (var place = from; place < until; place++)
                {
                    while (next < matches.PersonCount && matches.Places[next] < place) next++;
                    Add(shard, place, next < matches.PersonCount && matches.Places[next] == place ? next : -1, shard.Starts[place]);
                }
            return;
        }
        for (var index = 0; index < matches.PersonCount; index++)
            for (var i = matches.Starts[index]; i < matches.Starts[index + 1]; i++)
            {
                if (plan.Definition.BornByPaying ? !LifetimeValueKernel.Pays(amounts[i], plan.Definition.Switches.Payers) : (matches.Masks[i] & LifetimeValuePlan.GivesBirth) == 0) continue;
                Add(shard, matches.Places[index], index, matches.Rows[i]);
                break;
            }
    }

    void Add(JourneyShard shard, int place, int index, int row)
    {
        if (plan.Rows.IndexOf(shard.Times[row]) < 0) return;
        rows[born.Count] = row;
        born.Add(new(place, index));
    }

    /// <summary>Judges the births by the compared filters and reads the breakdowns' values.</summary>
    void ReadBirths(PartColumns part)
    {
        var own = rows.AsSpan(0, born.Count);
        breakdowns.Read(part, own);
        passes.AsSpan(0, own.Length).Clear();
        for (var filter = 0; filter < compared.Length; filter++)
        {
            own.CopyTo(passing);
            var count = compared[filter]?.Keep(part, passing.AsSpan(0, own.Length)) ?? own.Length;
            // Both ascend.
            var at = 0;
            foreach (var row in passing.AsSpan(0, count))
            {
                while (own[at] != row) at++;
                passes[at] |= 1u << filter;
            }
        }
    }

    int IndexOf(in SeriesKey key)
    {
        var index = keys.IndexOf(key);
        if (index < series.Count) return index;
        budget.TakeBytes(200 + 8L * plan.Rows.Count);
        var texts = breakdowns.KeysOf(key);
        series.Add((key.Line, texts, Make(key.Line, texts)));
        return index;
    }

    LifetimeValueCells Make(int compared, string[] texts) => new(plan, budget)
    {
        Watch = watched is not null && watched.ComparedIndex == compared && watched.Keys.SequenceEqual(texts) ? Watch : null,
    };

    /// <summary>Someone who was born in the range.</summary>
    /// <param name="Place">In the shard.</param>
    /// <param name="Index">Among the people with matched rows; -1: not among them.</param>
    readonly record struct Born(int Place, int Index);
}
