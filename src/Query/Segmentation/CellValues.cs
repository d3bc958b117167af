using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>The numbers of all rows with their cells, for measures that need them all: medians.</summary>
sealed class CellValues(ReportMemory memory)
{
    const int BytesPerValue = sizeof(int) + sizeof(double);

    int[] cells = [];
    double[] values = [];
    int count;

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
        for (var i = 0; i < other.count; i++) cells[count + i] = cellOfTheirs[other.cells[i]];
        other.values.AsSpan(0, other.count).CopyTo(values.AsSpan(count));
        count += other.count;
    }

    /// <summary>Each cell's median; 0 for those without numbers.</summary>
    public double[] Medians(int cellCount)
    {
        var starts = new int[cellCount + 1];
        var order = SegmentationKernel.OrderBy(cells.AsSpan(0, count), cellCount, starts);
        var ordered = new double[order.Length];
        for (var i = 0; i < order.Length; i++) ordered[i] = values[order[i]];
        var medians = new double[cellCount];
        for (var cell = 0; cell < cellCount; cell++)
        {
            var own = ordered.AsSpan(starts[cell]..starts[cell + 1]);
            if (own.IsEmpty) continue;
            own.Sort();
            medians[cell] = SegmentationKernel.MedianOfSorted(own);
        }
        return medians;
    }

    void Grow(int more)
    {
        if (count + more <= cells.Length) return;
        var capacity = Math.Max(count + more, (int)Math.Min(Array.MaxLength, cells.Length * 3L / 2));
        memory.Take((long)(capacity - cells.Length) * BytesPerValue, "range", "a median looks at all numbers at once; ask for a shorter range or a stricter filter");
        Array.Resize(ref cells, capacity);
        Array.Resize(ref values, capacity);
    }
}
