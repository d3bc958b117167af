using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>The numbers of all rows with their cells, for measures that need them all: medians.</summary>
sealed class CellValues
{
    /// <summary>Numbers of one report: 600 MB of work space. A report past it is told to ask for less.</summary>
    public const int MaxValues = 50_000_000;

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
        if ((long)count + more > MaxValues)
            throw new DefinitionException("range", $"the report takes the median of more than {MaxValues} numbers at once; ask for a shorter range or a stricter filter");
        if (count + more <= cells.Length) return;
        var capacity = Math.Min(MaxValues, Math.Max(count + more, cells.Length * 2));
        Array.Resize(ref cells, capacity);
        Array.Resize(ref values, capacity);
    }
}
