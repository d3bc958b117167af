using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using BooleanColumn = Cairn.Storage.Rows.BooleanColumn;
using DoubleColumn = Cairn.Storage.Rows.DoubleColumn;
using Int64Column = Cairn.Storage.Rows.Int64Column;
using TextColumn = Cairn.Storage.Rows.TextColumn;

namespace Cairn.Storage.History;

/// <summary>Some rows of a file, copied out of it: it holds the memory of these and no more.</summary>
sealed class PickedRows : IRowColumns
{
    readonly Dictionary<string, StoredColumn> columns = new(StringComparer.Ordinal);

    PickedRows()
    {
    }

    /// <param name="name">The file's.</param>
    /// <param name="read">A column for each of <paramref name="infos"/>; null for one without a value.</param>
    /// <param name="rows">In the order that they will stand in.</param>
    public static RowFile Of(string name, IReadOnlyList<StoredColumnInfo> infos, StoredColumn?[] read, int[] rows)
    {
        var (picked, kept) = (new PickedRows(), new List<StoredColumnInfo>());
        for (var i = 0; i < read.Length; i++)
        {
            if (read[i] is not { } column) continue;
            picked.columns.Add(infos[i].Name, Pick(column, rows));
            kept.Add(infos[i]);
        }
        return new(new(name, rows.Length, kept, picked), RowSet.All(rows.Length));
    }

    public ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken) => new(columns.GetValueOrDefault(column));

    static StoredColumn Pick(StoredColumn column, int[] rows) => column switch
    {
        TextColumn texts => Pick(texts, rows),
        Int64Column numbers => new Int64Column(Pick(numbers.Values, rows)),
        DoubleColumn numbers => new DoubleColumn(Pick(numbers.Values, rows)),
        BooleanColumn flags => new BooleanColumn(Pick(flags.Values, rows)),
        _ => throw new InvalidDataException($"no rows are picked of a column of {column.Type}"),
    };

    static TextColumn Pick(TextColumn texts, int[] rows)
    {
        var (codes, picked) = (new int[rows.Length], new Utf8Dictionary());
        for (var i = 0; i < codes.Length; i++) codes[i] = texts.Codes[rows[i]] < 0 ? TextColumn.Null : picked.CodeOf(texts.Utf8(rows[i]));
        var all = picked.Values;
        return new(codes, new(all.Bytes[..all.TotalBytes].ToArray(), all.Offsets.ToArray()));
    }

    static T[] Pick<T>(ReadOnlySpan<T> values, int[] rows)
    {
        var picked = new T[rows.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = values[rows[i]];
        return picked;
    }
}
