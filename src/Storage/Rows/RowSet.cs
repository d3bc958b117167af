using System.Numerics;

namespace Cairn.Storage.Rows;

/// <summary>Which rows of a file are meant: one bit a row, row 0 in the lowest bit of the first word. Never changes.</summary>
public sealed class RowSet
{
    readonly ulong[] words;

    RowSet(ulong[] words, int rowCount)
    {
        this.words = words;
        RowCount = rowCount;
        foreach (var word in words) Count += BitOperations.PopCount(word);
    }

    /// <summary>Rows in the file, in the set or not.</summary>
    public int RowCount { get; }

    /// <summary>Rows in the set.</summary>
    public int Count { get; }

    /// <summary>Whether every row of the file is in the set.</summary>
    public bool IsAll => Count == RowCount;

    /// <summary>The bits; those past <see cref="RowCount"/> are 0.</summary>
    public ReadOnlySpan<ulong> Words => words;

    /// <summary>Whether a row is in the set.</summary>
    public bool this[int row] => (words[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>All rows of a file.</summary>
    public static RowSet All(int rowCount)
    {
        var words = new ulong[(rowCount + 63) >> 6];
        Array.Fill(words, ulong.MaxValue);
        if ((rowCount & 63) != 0) words[^1] = (1UL << (rowCount & 63)) - 1;
        return new(words, rowCount);
    }

    /// <summary>This set without some rows, as a new set.</summary>
    public RowSet Without(IEnumerable<int> rows) => Changed(rows, (word, bit) => word & ~bit);

    /// <summary>This set with some rows more, as a new set.</summary>
    public RowSet With(IEnumerable<int> rows) => Changed(rows, (word, bit) => word | bit);

    RowSet Changed(IEnumerable<int> rows, Func<ulong, ulong, ulong> change)
    {
        var copy = (ulong[])words.Clone();
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount);
            copy[row >> 6] = change(copy[row >> 6], 1UL << (row & 63));
        }
        return new(copy, RowCount);
    }
}
