using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>Rows of one part that go into a layout.</summary>
/// <param name="Part">Where their columns are read.</param>
/// <param name="Rows">Their numbers in the part, ascending, each once for each owner; null: every row, once.</param>
/// <param name="Persons">Whose each of them is; -1 for nobody.</param>
/// <param name="Times">Of every row of the part, Unix milliseconds.</param>
/// <param name="AreInOrder">Whether of two rows of one person and time, the first of which comes first in the part, that is their order; null: never known.</param>
sealed record SourceRows(IEventPart Part, int[]? Rows, int[] Persons, ReadOnlyMemory<long> Times, Func<int, int, bool>? AreInOrder)
{
    public int Count => Persons.Length;

    /// <summary>A listed row's number in the part.</summary>
    public int RowAt(int index) => Rows is null ? index : Rows[index];
}
