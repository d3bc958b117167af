using Cairn.Storage.Parquet;
using Stored = Cairn.Storage.Parquet;

namespace Cairn.Storage.Rows;

/// <summary>Turns what Parquet decodes into stored columns: one array for all row groups, nulls spelled as values.</summary>
static class DecodedStoredColumn
{
    /// <param name="parts">One for each row group, in order.</param>
    public static StoredColumn From(string file, string column, ReadOnlySpan<Stored.DecodedColumn> parts)
    {
        var rowCount = 0;
        foreach (var part in parts) rowCount += part.SlotCount;
        return parts.Length == 0 ? throw Unreadable(file, column, "no row group") : parts[0] switch
        {
            Stored.TextColumn only when parts.Length == 1 => Text(only),
            Stored.TextColumn => Texts(parts, rowCount),
            Stored.Int64Column or Stored.Int32Column => Int64(parts, rowCount),
            Stored.DoubleColumn => Double(parts, rowCount),
            Stored.BooleanColumn => Boolean(parts, rowCount),
            var other => throw Unreadable(file, column, other.GetType().Name),
        };
    }

    static TextColumn Text(Stored.TextColumn part) => new(part.Codes, Dictionary(part.Texts));

    static TextColumn Texts(ReadOnlySpan<Stored.DecodedColumn> parts, int rowCount)
    {
        var codes = new int[rowCount];
        var dictionary = new Utf8Dictionary();
        var row = 0;
        foreach (var part in parts)
        {
            var text = (Stored.TextColumn)part;
            var recoded = new int[text.Texts.Count];
            for (var code = 0; code < recoded.Length; code++) recoded[code] = dictionary.CodeOf(text.Texts[code]);
            foreach (var code in text.Codes) codes[row++] = code < 0 ? TextColumn.Null : recoded[code];
        }
        return new(codes, Dictionary(dictionary.Values));
    }

    static TextDictionary Dictionary(Utf8Values texts)
    {
        if (texts.Count == 0) return TextDictionary.Empty;
        var first = texts.Offsets[0];
        var offsets = texts.Offsets.ToArray();
        if (first != 0)
            for (var i = 0; i < offsets.Length; i++) offsets[i] -= first;
        return new(texts.Bytes.Slice(first, texts.TotalBytes).ToArray(), offsets);
    }

    static Int64Column Int64(ReadOnlySpan<Stored.DecodedColumn> parts, int rowCount)
    {
        var values = parts.Length == 1 && parts[0] is Stored.Int64Column only ? only.Values : new long[rowCount];
        var row = 0;
        foreach (var part in parts)
        {
            for (var slot = 0; slot < part.SlotCount; slot++, row++)
                values[row] = part.IsNull(slot) ? Int64Column.Null : part is Stored.Int64Column wide ? wide.Values[slot] : ((Stored.Int32Column)part).Values[slot];
        }
        return new(values);
    }

    static DoubleColumn Double(ReadOnlySpan<Stored.DecodedColumn> parts, int rowCount)
    {
        var values = parts.Length == 1 ? ((Stored.DoubleColumn)parts[0]).Values : new double[rowCount];
        var row = 0;
        foreach (var part in parts)
        {
            for (var slot = 0; slot < part.SlotCount; slot++, row++)
                values[row] = part.IsNull(slot) ? double.NaN : ((Stored.DoubleColumn)part).Values[slot];
        }
        return new(values);
    }

    static BooleanColumn Boolean(ReadOnlySpan<Stored.DecodedColumn> parts, int rowCount)
    {
        var values = new sbyte[rowCount];
        var row = 0;
        foreach (var part in parts)
        {
            for (var slot = 0; slot < part.SlotCount; slot++, row++)
                values[row] = part.IsNull(slot) ? BooleanColumn.Null : ((Stored.BooleanColumn)part)[slot] ? (sbyte)1 : (sbyte)0;
        }
        return new(values);
    }

    static InvalidDataException Unreadable(string file, string column, string found) => new($"{file}: column {column} holds {found}, which no file of rows has");
}
