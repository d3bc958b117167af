using System.Runtime.InteropServices;
using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>Counts the attempts of all workers by series, bucket and step.</summary>
sealed class FunnelTally
{
    /// <summary>Buckets of all series that are answered, times steps.</summary>
    const int MaxCells = 5_000_000;

    readonly FunnelPlan plan;
    readonly FunnelSeriesChoice choice;
    readonly IReadOnlyList<FunnelWorker> workers;

    /// <summary>For each worker that kept attempts the cell of each; -1 where it counts nowhere.</summary>
    readonly int[][] cells;

    public FunnelTally(FunnelPlan plan, IReadOnlyList<FunnelWorker> workers, ReportMemory memory)
    {
        (this.plan, this.workers) = (plan, workers);
        choice = new(plan, workers);
        if ((long)CellCount * plan.Definition.Steps.Count > MaxCells)
            throw new DefinitionException("limit", $"{choice.Chosen.Count} series of {BucketCount} buckets are too many; ask for a lower limit or a longer unit");
        // A cell of each attempt; what the cells count; and, for spreads, an order of the attempts and two times at each of two steps at once.
        var bytesPerRow = sizeof(int) + (plan.Definition.WithTimes ? 2 * sizeof(int) + 4 * sizeof(long) : 0);
        memory.Take((plan.OnlyCounts ? 0 : workers.Sum(worker => (long)worker.Rows.Rows.Count) * bytesPerRow) + CellCounts.BytesOf(CellCount * plan.Definition.Steps.Count), "range", "ask for a shorter range, uniques, fewer breakdowns or a lower limit");
        cells = plan.OnlyCounts ? [] : [.. workers.Select(CellsOf)];
    }

    public IReadOnlyList<ChosenSeries> Series => choice.Chosen;

    public int SeriesBeforeLimit => choice.BeforeLimit;

    int BucketCount => plan.Buckets?.Count ?? 0;

    int CellCount => choice.Chosen.Count * (BucketCount + 1);

    /// <summary>The cell of a series and a bucket, -1 for the whole range.</summary>
    int CellOf(int series, int bucket) => series * (BucketCount + 1) + bucket + 1;

    /// <summary>The attempts of one cell, with their persons' codes, in the order of workers.</summary>
    public IEnumerable<FunnelRow> RowsOf(int series, int bucket)
    {
        var wanted = CellOf(series, bucket);
        for (var worker = 0; worker < workers.Count; worker++)
            for (var i = 0; i < cells[worker].Length; i++)
                if (cells[worker][i] == wanted) yield return workers[worker].Rows.Rows[i];
    }

    public IReadOnlyList<FunnelSeries> Compute(CancellationToken cancellationToken)
    {
        var counts = new CellCounts(CellCount, plan.Definition.Steps.Count, plan.Definition.WithTimes);
        for (var worker = 0; worker < workers.Count; worker++)
        {
            if (workers[worker].Counted is { } counted) Add(counts, counted.Cells, choice.PlacesOfCombinations[worker]);
            else counts.Add(workers[worker].Rows, cells[worker]);
        }
        counts.Finish(cancellationToken);
        return [.. choice.Chosen.Select((chosen, index) => new FunnelSeries(
            chosen.Kind, chosen.ComparedIndex, chosen.Keys, counts[CellOf(index, -1)], [.. Enumerable.Range(0, BucketCount).Select(bucket => counts[CellOf(index, bucket)])]))];
    }

    void Add(CellCounts counts, FunnelCells counted, int[][] placesOf)
    {
        for (var combination = 0; combination < placesOf.Length; combination++)
            foreach (var place in placesOf[combination])
                for (var bucket = -1; bucket < BucketCount; bucket++) counts.Add(CellOf(place, bucket), counted[combination, bucket]);
    }

    /// <summary>Where each row counts. Of the series that "other" stands for a person may be in several: there it counts once all the same.</summary>
    int[] CellsOf(FunnelWorker worker, int workerIndex)
    {
        var rows = CollectionsMarshal.AsSpan(worker.Rows.Rows);
        var placeOf = choice.PlaceOf[workerIndex];
        var result = new int[rows.Length];
        var oneAUnit = plan.Settles && plan.Definition.Switches.Funnels.Segments == FunnelSegments.EachAttempt;
        var isOther = choice.Chosen.ConvertAll(series => series.Kind == FunnelSeriesKind.Other);
        var inOther = new Dictionary<(int Cell, long Unit, int Steps), int>();
        var last = -1;
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            var place = placeOf[row.Series];
            var cell = result[i] = CellOf(place, row.Bucket);
            if (!isOther[place]) continue;
            if (row.Person != last) inOther = [];
            last = row.Person;
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(inOther, (cell, row.Unit, oneAUnit ? 0 : row.StepsAt), out var isKnown);
            if (!isKnown) known = i;
            else if (worker.Rows.IsBetter(row, rows[known], plan.Rules.Attempt == FunnelAttempt.Best)) (result[known], known) = (-1, i);
            else result[i] = -1;
        }
        return result;
    }
}
