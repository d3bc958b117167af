using Cairn.Storage.Parquet;

namespace Cairn.Storage.Rows;

/// <summary>Some rows of a column as a column of their own.</summary>
public static class PickedColumn
{
    /// <param name="rows">Their numbers in the column.</param>
    public static StoredColumn Of(StoredColumn column, ReadOnlySpan<int> rows) => column switch
    {
        Int64Column numbers => new Int64Column(Pick(numbers.Values, rows)),
        DoubleColumn numbers => new DoubleColumn(Pick(numbers.Values, rows)),
        BooleanColumn flags => new BooleanColumn(Pick(flags.Values, rows)),
        TextColumn texts => Pick(texts, rows),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "a column of a type that is not known"),
    };

    static T[] Pick<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows)
    {
        var picked = new T[rows.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = values[rows[i]];
        return picked;
    }

    static TextColumn Pick(TextColumn column, ReadOnlySpan<int> rows)
    {
        var codes = Pick(column.Codes, rows);
        // A dictionary of few texts is shared; of many, those of other rows are left.
        if (column.Dictionary.Count <= rows.Length) return new(codes, column.Dictionary);
        var texts = new Utf8Dictionary();
        foreach (ref var code in codes.AsSpan())
            if (code != TextColumn.Null) code = texts.CodeOf(column.Dictionary[code]);
        return new(codes, new(texts.Values.Bytes[..texts.Values.TotalBytes].ToArray(), texts.Values.Offsets.ToArray()));
    }
}
