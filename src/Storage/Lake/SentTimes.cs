using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>The time as sent, which is nearly always the time itself: the lake keeps it only where it is another.</summary>
/// <remarks>
/// <code>
/// as rows have it         in the lake
/// the same as the time    null
/// null: none was sent     1970-01-01T00:00:00Z (0)
/// any other               the same
/// </code>
/// </remarks>
static class SentTimes
{
    /// <summary>Stands in the lake for a row whose sender gave no time.</summary>
    const long None = 0;

    /// <summary>What stands in the lake for a row; <see cref="Int64Column.Null"/> for a null, in both.</summary>
    public static long Written(long sentMs, long timeMs) => sentMs == Int64Column.Null ? None : sentMs == timeMs ? Int64Column.Null : sentMs;

    /// <summary>The other way around.</summary>
    public static long Read(long storedMs, long timeMs) => storedMs == Int64Column.Null ? timeMs : storedMs == None ? Int64Column.Null : storedMs;

    /// <summary>A whole column the other way around.</summary>
    /// <param name="stored">Null for a file without such a column.</param>
    /// <param name="times">The file's times.</param>
    public static StoredColumn Read(StoredColumn? stored, StoredColumn? times)
    {
        if (times is not Int64Column known) throw new InvalidDataException($"a file lacks the column {RowLayout.Time}, which every row has");
        if (stored is not Int64Column sent) return known;
        var read = new long[sent.RowCount];
        for (var row = 0; row < read.Length; row++) read[row] = Read(sent.Values[row], known.Values[row]);
        return new Int64Column(read);
    }
}
