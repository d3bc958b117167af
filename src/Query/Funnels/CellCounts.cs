using System.Runtime.InteropServices;

namespace Cairn.Query.Funnels;

/// <summary>How many attempts of each cell reached which step, and how long they took.</summary>
sealed class CellCounts(int cellCount, int stepCount, bool withSpread)
{
    /// <summary>Memory of cells, a step each.</summary>
    public static long BytesOf(int count) => count * (2L * sizeof(long) + 3 * sizeof(double) + 2 * IntPtr.Size);

    readonly long[] reached = new long[cellCount * stepCount], excluded = new long[cellCount * stepCount];
    readonly double[] sums = new double[cellCount * stepCount], previousMs = new double[cellCount * stepCount], startMs = new double[cellCount * stepCount];
    readonly List<(FunnelRows Rows, int[] Cells)> added = [];
    readonly TimeSpread?[] fromPrevious = new TimeSpread?[cellCount * stepCount], fromStart = new TimeSpread?[cellCount * stepCount];

    public void Add(FunnelRows rows, int[] cells)
    {
        added.Add((rows, cells));
        var all = CollectionsMarshal.AsSpan(rows.Rows);
        var stepMs = CollectionsMarshal.AsSpan(rows.StepMs);
        for (var i = 0; i < all.Length; i++)
        {
            if (cells[i] < 0) continue;
            ref readonly var row = ref all[i];
            var first = cells[i] * stepCount;
            var last = first + row.Reached - 1;
            for (var step = 1; step < row.Reached; step++)
            {
                startMs[first + step] += stepMs[row.StepsAt + step];
                previousMs[first + step] += Elapsed(stepMs, row.StepsAt + step);
            }
            reached[last]++;
            if (row.End == FunnelEnd.Excluded) excluded[last]++;
            if (rows.StepValues.Count == 0) continue;
            for (var step = 0; step < row.Reached; step++) sums[cells[i] * stepCount + step] += rows.StepValues[row.StepsAt + step];
        }
    }

    /// <summary>Adds what attempts of one cell came to.</summary>
    public void Add(int cell, ReadOnlySpan<FunnelCells.Step> steps)
    {
        for (var step = 0; step < steps.Length; step++)
        {
            var at = cell * stepCount + step;
            reached[at] += steps[step].Ended;
            excluded[at] += steps[step].Excluded;
            startMs[at] += steps[step].StartMs;
            previousMs[at] += steps[step].PreviousMs;
        }
    }

    /// <summary>To be called once all is added.</summary>
    public void Finish(CancellationToken cancellationToken)
    {
        // Whoever reached a step reached those before it.
        for (var cell = 0; cell < cellCount; cell++)
            for (var step = stepCount - 2; step >= 0; step--) reached[cell * stepCount + step] += reached[cell * stepCount + step + 1];
        if (!withSpread) return;
        var (order, starts) = ByCell();
        Parallel.For(1, stepCount, new ParallelOptions { CancellationToken = cancellationToken }, step =>
        {
            for (var cell = 0; cell < cellCount; cell++) Measure(cell, step, order.AsSpan(starts[cell]..starts[cell + 1]));
        });
    }

    public FunnelCounts this[int cell]
    {
        get
        {
            var steps = new FunnelStepCount[stepCount];
            for (var step = 0; step < stepCount; step++)
            {
                var at = cell * stepCount + step;
                steps[step] = new(
                    reached[at], excluded[at], step == 0 ? 1 : Share(reached[at], reached[at - 1]), step == 0 ? 1 : Share(reached[at], reached[cell * stepCount]), sums[at],
                    TimesOf(step, at, previousMs, fromPrevious), TimesOf(step, at, startMs, fromStart));
            }
            return new(steps);
        }
    }

    FunnelTimes? TimesOf(int step, int at, double[] sumsMs, TimeSpread?[] spreads) =>
        step == 0 || reached[at] == 0 ? null : new(sumsMs[at] / reached[at], spreads[at]);

    /// <summary>From the step before; a step within the grace before it took no time.</summary>
    static long Elapsed(ReadOnlySpan<long> stepMs, int at) => Math.Max(0, stepMs[at] - stepMs[at - 1]);

    /// <summary>The attempts with more than one step, cell by cell: which addition's, and which of its rows.</summary>
    ((int Addition, int Row)[] Order, int[] Starts) ByCell()
    {
        var starts = new int[cellCount + 1];
        foreach (var (rows, cells) in added)
            for (var i = 0; i < cells.Length; i++)
                if (cells[i] >= 0 && rows.Rows[i].Reached > 1) starts[cells[i] + 1]++;
        for (var cell = 0; cell < cellCount; cell++) starts[cell + 1] += starts[cell];
        var order = new (int, int)[starts[cellCount]];
        var next = starts.AsSpan(0, cellCount).ToArray();
        for (var addition = 0; addition < added.Count; addition++)
        {
            var (rows, cells) = added[addition];
            for (var i = 0; i < cells.Length; i++)
                if (cells[i] >= 0 && rows.Rows[i].Reached > 1) order[next[cells[i]]++] = (addition, i);
        }
        return (order, starts);
    }

    void Measure(int cell, int step, ReadOnlySpan<(int Addition, int Row)> attempts)
    {
        var count = (int)reached[cell * stepCount + step];
        if (count == 0) return;
        var (previous, start, at) = (new long[count], new long[count], 0);
        foreach (var (addition, row) in attempts)
        {
            var rows = added[addition].Rows;
            var attempt = rows.Rows[row];
            if (attempt.Reached <= step) continue;
            start[at] = rows.StepMs[attempt.StepsAt + step];
            previous[at++] = Elapsed(CollectionsMarshal.AsSpan(rows.StepMs), attempt.StepsAt + step);
        }
        fromPrevious[cell * stepCount + step] = Spreads.Of(previous);
        fromStart[cell * stepCount + step] = Spreads.Of(start);
    }

    static double Share(long part, long all) => all == 0 ? 0 : (double)part / all;
}
