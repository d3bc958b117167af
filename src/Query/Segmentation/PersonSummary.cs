using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>One number of each person in each cell, and one number of each cell out of these.</summary>
sealed class PersonSummary
{
    readonly PersonNumbers numbers;
    readonly CellSummary cells;

    /// <param name="summary">How they become one; null: they are kept, to be put into bins, and counted.</param>
    public PersonSummary(UserNumber of, Summary? summary, ReportMemory memory)
    {
        cells = new(summary, memory);
        numbers = new(of, memory, (cell, _, number) => cells.Add(cell, number));
    }

    /// <summary>Bytes that a cell takes.</summary>
    public const int BytesPerCell = PersonNumbers.BytesPerCell + CellSummary.BytesPerCell;

    /// <summary>The persons' numbers themselves; null where they were not kept.</summary>
    public CellValues? Values => cells.Values;

    public void Grow(int cellCount)
    {
        numbers.Grow(cellCount);
        cells.Grow(cellCount);
    }

    public void Count(ReadOnlySpan<int> cellOf, ReadOnlySpan<int> personOf, ReadOnlySpan<double> numberOf) => numbers.Count(cellOf, personOf, numberOf);

    /// <summary>Adds another's, with whom this one shares no person, once all of the other's rows are counted.</summary>
    public void Add(PersonSummary other, ReadOnlySpan<int> cellOfTheirs)
    {
        other.numbers.FinishAll();
        cells.Add(other.cells, cellOfTheirs);
    }

    public double ResultOf(int cell) => cells.ResultOf(cell);
}
