using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>The numbers of all rows with their cells, for measures that need them all: percentiles and distributions.</summary>
sealed class CellValues(ReportMemory memory)
{
    const int BytesPerValue = sizeof(int) + sizeof(double);

    int[] cells = [];
    double[] values = [];
    int count;

    // Once all is counted: each cell's numbers, ascending.
    double[] ordered = [];
    int[]? starts;

    /// <param name="cellOf">Each number's cell; negative: it counts nowhere.</param>
    public void Add(ReadOnlySpan<int> cellOf, ReadOnlySpan<double> numberOf)
    {
        Grow(cellOf.Length);
        cellOf.CopyTo(cells.AsSpan(count));
        numberOf.CopyTo(values.AsSpan(count));
        count += cellOf.Length;
    }

    /// <param name="cellOfTheirs">Where each of the other's cells belongs here.</param>
    public void Add(CellValues other, ReadOnlySpan<int> cellOfTheirs)
    {
        Grow(other.count);
        for (var i = 0; i < other.count; i++) cells[count + i] = other.cells[i] < 0 ? -1 : cellOfTheirs[other.cells[i]];
        other.values.AsSpan(0, other.count).CopyTo(values.AsSpan(count));
        count += other.count;
    }

    /// <summary>A percentile of a cell's numbers, once all is counted; 0 where it has none.</summary>
    public double PercentileOf(int cell, int cellCount, double fraction) =>
        SortedOf(cell, cellCount) is { IsEmpty: false } own ? SegmentationKernel.PercentileOfSorted(own, fraction) : 0;

    /// <summary>How many numbers a cell has, once all is counted.</summary>
    public int CountOf(int cell, int cellCount) => SortedOf(cell, cellCount).Length;

    /// <summary>A cell's numbers, ascending, once all is counted.</summary>
    public ReadOnlySpan<double> SortedOf(int cell, int cellCount)
    {
        if (starts is null) Sort(cellCount);
        return ordered.AsSpan(starts![cell]..starts[cell + 1]);
    }

    void Sort(int cellCount)
    {
        starts = new int[cellCount + 1];
        var order = SegmentationKernel.OrderBy(cells.AsSpan(0, count), cellCount, starts);
        ordered = new double[order.Length];
        for (var i = 0; i < order.Length; i++) ordered[i] = values[order[i]];
        for (var cell = 0; cell < cellCount; cell++) ordered.AsSpan(starts[cell]..starts[cell + 1]).Sort();
    }

    void Grow(int more)
    {
        if (count + more <= cells.Length) return;
        var capacity = Math.Max(count + more, (int)Math.Min(Array.MaxLength, cells.Length * 3L / 2));
        memory.Take((long)(capacity - cells.Length) * BytesPerValue, "range", "a median or another percentile looks at all numbers at once; ask for a shorter range or a stricter filter");
        Array.Resize(ref cells, capacity);
        Array.Resize(ref values, capacity);
    }
}
