using System.Collections;

namespace Cairn.Query.Journeys;

/// <summary>Whose the rows of a part are. A row of several owners (groups) stands once for each; one of nobody stands with nobody.</summary>
/// <param name="Rows">The row of each entry, ascending; null: every row, once.</param>
/// <param name="Owners">The owner of each entry, as a code of <see cref="RowOwners.Pool"/>; -1 for nobody.</param>
/// <param name="AreInOrder">See <see cref="SourceRows.AreInOrder"/>.</param>
sealed record PartOwners(int[]? Rows, int[] Owners, Func<int, int, bool>? AreInOrder)
{
    /// <summary>With bits in the place of columns that tell the order: for who keeps it.</summary>
    public long MemoryBytes => 4L * Owners.Length + 4L * (Rows?.Length ?? 0) + (AreInOrder is null ? 0 : Owners.Length / 8);

    public int RowAt(int entry) => Rows is null ? entry : Rows[entry];

    /// <summary>The same, holding nothing of the part's columns: whether a row is known to stand after the one before it.</summary>
    public PartOwners Kept()
    {
        if (AreInOrder is null) return this;
        var standsAfter = new BitArray(Owners.Length);
        for (var row = 1; row < standsAfter.Length; row++) standsAfter[row] = Owners[row] == Owners[row - 1] && AreInOrder(row - 1, row);
        return this with { AreInOrder = (first, second) => second == first + 1 && standsAfter[second] };
    }
}
