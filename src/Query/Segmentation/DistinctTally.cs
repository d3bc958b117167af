using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>The different values of each cell.</summary>
sealed class DistinctTally(ReportMemory memory)
{
    readonly PairTable met = new(memory);
    int[] counts = [];

    public void Grow(int cellCount) => Array.Resize(ref counts, cellCount);

    /// <param name="cells">Each row's cell; negative: the row counts nowhere.</param>
    /// <param name="valueOf">The number of each row's value.</param>
    public void Count(ReadOnlySpan<int> cells, ReadOnlySpan<double> valueOf)
    {
        for (var row = 0; row < cells.Length; row++)
            if (cells[row] >= 0) Add(cells[row], (int)valueOf[row]);
    }

    /// <param name="cellOfTheirs">Where each of the other's cells belongs here.</param>
    /// <param name="valueOfTheirs">What each of the other's values is here.</param>
    public void Add(DistinctTally other, ReadOnlySpan<int> cellOfTheirs, ReadOnlySpan<int> valueOfTheirs)
    {
        foreach (var (cell, value) in other.met.Pairs)
            if (cell < cellOfTheirs.Length) Add(cellOfTheirs[cell], valueOfTheirs[value]);
    }

    public int ResultOf(int cell) => counts[cell];

    void Add(int cell, int value)
    {
        ref var known = ref met.At(cell, value);
        if (known != PairTable.New) return;
        known = 0;
        counts[cell]++;
    }
}
