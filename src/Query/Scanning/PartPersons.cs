using System.Collections;

namespace Cairn.Query.Scanning;

/// <summary>Whose each row of a part is, and which rows stand in the order that a sorted part promises.</summary>
/// <param name="Codes">-1 for nobody.</param>
/// <param name="AreAsBefore">Rows that carry the same ids as the row before them: those of one moment are in order. Null where the part is not sorted.</param>
sealed record PartPersons(int[] Codes, BitArray? AreAsBefore)
{
    public long MemoryBytes => 4L * Codes.Length + (AreAsBefore?.Length ?? 0) / 8;

    public static PartPersons Of(IEventPart part, IdColumns ids, PersonResolver persons)
    {
        var codes = persons.Resolve(ids, part.RowCount);
        if (!part.IsSortedByPerson) return new(codes, null);
        var areAsBefore = new BitArray(codes.Length);
        for (var row = 1; row < codes.Length; row++) areAsBefore[row] = codes[row] == codes[row - 1] && ids.KeyAt(row) == ids.KeyAt(row - 1);
        return new(codes, areAsBefore);
    }

    /// <summary>Whether of two of some rows of one person and time the first stands before the second; see <see cref="Journeys.SourceRows"/>.</summary>
    /// <param name="rows">Their numbers in the part, ascending.</param>
    public Func<int, int, bool>? OrderOf(int[] rows) =>
        AreAsBefore is null ? null : (first, second) => second == first + 1 && rows[second] == rows[first] + 1 && AreAsBefore[rows[second]];
}
