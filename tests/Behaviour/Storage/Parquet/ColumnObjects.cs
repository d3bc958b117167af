using System.Text;
using Cairn.Storage.Parquet;

namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>Decoded columns as plain objects, to be compared.</summary>
static class ColumnObjects
{
    /// <summary>string, long, int, double, bool or null, one a slot.</summary>
    public static object?[] Of(DecodedColumn column)
    {
        var values = new object?[column.SlotCount];
        for (var slot = 0; slot < values.Length; slot++) values[slot] = column.IsNull(slot) ? null : Of(column, slot);
        return values;
    }

    static object Of(DecodedColumn column, int slot) => column switch
    {
        TextColumn texts => Encoding.UTF8.GetString(texts[slot]),
        Int64Column numbers => numbers.Values[slot],
        Int32Column numbers => numbers.Values[slot],
        DoubleColumn numbers => numbers.Values[slot],
        BooleanColumn booleans => booleans[slot],
        _ => throw new InvalidOperationException($"{column.GetType()}"),
    };

    /// <summary>All rows of a file, one array a column.</summary>
    public static object?[][] Of(ParquetReader file) =>
        [.. file.Schema.Leaves.Select(leaf => Enumerable.Range(0, file.RowGroups.Count).SelectMany(group => Of(file.Read(group, leaf.Index))).ToArray())];
}
