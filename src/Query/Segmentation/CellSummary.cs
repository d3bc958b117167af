using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>One number of each cell out of many that are told one by one.</summary>
/// <param name="summary">How they become one; null: they are kept, to be put into bins.</param>
sealed class CellSummary(Summary? summary, ReportMemory memory)
{
    readonly bool isExtreme = summary is { Fraction: null, Kind: Aggregate.Least or Aggregate.Greatest };
    readonly bool isLeast = summary is { Kind: Aggregate.Least };
    readonly CellValues? values = summary is { Fraction: null, Kind: not Aggregate.Median } ? null : new(memory);
    double[] numbers = [];
    long[] counts = [];

    /// <summary>Bytes that a cell takes.</summary>
    public const int BytesPerCell = sizeof(double) + sizeof(long);

    /// <summary>The numbers themselves; null where they were not kept.</summary>
    public CellValues? Values => values;

    public void Grow(int cellCount)
    {
        Array.Resize(ref numbers, cellCount);
        Array.Resize(ref counts, cellCount);
    }

    public void Add(int cell, double number)
    {
        if (values is not null) values.Add([cell], [number]);
        else Add(cell, number, 1);
    }

    /// <param name="cellOfTheirs">Where each of the other's first cells belongs here.</param>
    public void Add(CellSummary other, ReadOnlySpan<int> cellOfTheirs)
    {
        if (values is not null) values.Add(other.values!, cellOfTheirs);
        else
            for (var theirs = 0; theirs < cellOfTheirs.Length; theirs++)
                if (other.counts[theirs] > 0) Add(cellOfTheirs[theirs], other.numbers[theirs], other.counts[theirs]);
    }

    /// <summary>0 where there was nothing.</summary>
    public double ResultOf(int cell)
    {
        if (values is not null) return summary is null ? values.CountOf(cell, numbers.Length) : values.PercentileOf(cell, numbers.Length, summary.Value.Fraction ?? 0.5);
        return counts[cell] == 0 ? 0 : summary!.Value.Kind == Aggregate.Average ? numbers[cell] / counts[cell] : numbers[cell];
    }

    void Add(int cell, double number, long count)
    {
        ref var known = ref numbers[cell];
        if (!isExtreme) known += number;
        else if (counts[cell] == 0 || (isLeast ? number < known : number > known)) known = number;
        counts[cell] += count;
    }
}
