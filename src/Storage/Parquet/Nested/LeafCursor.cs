using System.Text.Json;
using System.Text.Unicode;

namespace Cairn.Storage.Parquet;

/// <summary>One nested column while its rows are put together: a place among its slots.</summary>
sealed class LeafCursor(string file, ParquetLeaf leaf, DecodedColumn column)
{
    int slot;

    /// <summary>The definition level of the slot.</summary>
    /// <exception cref="ParquetFormatException">There are no more slots, though another column has more.</exception>
    public int Definition
    {
        get
        {
            if (slot >= column.SlotCount) throw Fault("another slot", "the end of the row group");
            if (column.Levels is { } levels) return levels.Definition[slot];
            return column.IsNull(slot) ? 0 : leaf.MaxDefinition;
        }
    }

    /// <summary>The repetition level of the slot; 0 behind the last one, where a row would begin.</summary>
    public int Repetition => slot < column.SlotCount && column.Levels is { } levels ? levels.Repetition[slot] : 0;

    public void Next() => slot++;

    public void EndRow()
    {
        if (Repetition != 0) throw Fault("the beginning of a row", $"repetition level {Repetition}");
    }

    public void EndRowGroup()
    {
        if (slot != column.SlotCount) throw Fault("the end of the row group", $"{column.SlotCount - slot} more slots");
    }

    /// <summary>The slot's text as a map's key.</summary>
    public ReadOnlySpan<byte> Key()
    {
        if (column is not TextColumn texts || Definition < leaf.MaxDefinition) throw Fault("a text as a map's key", column is TextColumn ? "null" : $"{leaf.Column.Type}");
        return Text(texts);
    }

    /// <summary>The slot's value; it must hold one.</summary>
    public void WriteValue(Utf8JsonWriter json)
    {
        if (Definition < leaf.MaxDefinition) throw Fault("a value", "none");
        switch (column)
        {
            case TextColumn texts: json.WriteStringValue(Text(texts)); break;
            case Int64Column numbers: json.WriteNumberValue(numbers.Values[slot]); break;
            case Int32Column numbers: json.WriteNumberValue(numbers.Values[slot]); break;
            case DoubleColumn numbers when double.IsFinite(numbers.Values[slot]): json.WriteNumberValue(numbers.Values[slot]); break;
            case DoubleColumn numbers: json.WriteStringValue(numbers.Values[slot].ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
            case BooleanColumn booleans: json.WriteBooleanValue(booleans[slot]); break;
            default: throw Fault("a type that JSON has", $"{leaf.Column.Type}");
        }
    }

    ReadOnlySpan<byte> Text(TextColumn texts)
    {
        var text = texts[slot];
        return Utf8.IsValid(text) ? text : throw Fault("UTF-8", "other bytes");
    }

    ParquetFormatException Fault(string expected, string found) => new(file, 0, $"in column {leaf}, slot {slot}: {expected}", found);
}
