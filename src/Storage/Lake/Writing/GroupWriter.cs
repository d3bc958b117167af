using System.Runtime.InteropServices;
using Cairn.Storage.Parquet;
using Int64Column = Cairn.Storage.Rows.Int64Column;

namespace Cairn.Storage.Lake.Writing;

/// <summary>
/// Encodes the row groups of a range side by side: a column is gathered once and goes to all of them, so that never more than one column is in memory.
/// </summary>
/// <remarks>Slots are rows in the order of files. Not thread-safe.</remarks>
sealed class GroupWriter : IDisposable
{
    /// <summary>Dictionaries up to this many texts are given to each row group whole; larger ones are narrowed to the group's own first.</summary>
    const int SmallDictionary = 512;

    readonly List<Group> groups = [];
    readonly TextSlice slice = new();
    readonly HashSet<int>[] written;
    int[] rows = new int[1024];
    long[] longs = new long[1024];
    int[] integers = new int[1024];
    double[] doubles = new double[1024];
    bool[] flags = new bool[1024];

    /// <param name="cuts">Where each row group begins and ends, ascending and without gaps.</param>
    public GroupWriter(ParquetSchema schema, IReadOnlyList<(int Start, int End)> cuts)
    {
        foreach (var (start, end) in cuts)
        {
            var writer = new ParquetWriter(schema);
            writer.BeginRowGroup(end - start);
            groups.Add(new(start, end, writer));
        }
        written = [.. groups.Select(_ => new HashSet<int>())];
    }

    public void Dispose()
    {
        foreach (var group in groups) group.Writer.Dispose();
    }

    /// <summary>The columns that have a value in a row group.</summary>
    public IReadOnlySet<int> ColumnsOf(int group) => written[group];

    /// <summary>Ends a row group.</summary>
    /// <returns>It as a Parquet file, valid until <see cref="Forget"/>.</returns>
    public ReadOnlyMemory<byte> Finish(int group)
    {
        groups[group].Writer.EndRowGroup();
        return groups[group].Writer.Finish();
    }

    /// <summary>Lets go of a row group's bytes.</summary>
    public void Forget(int group) => groups[group].Writer.Dispose();

    /// <summary>Writes texts.</summary>
    /// <param name="codes">By slot; -1 for none.</param>
    public void WriteTexts(int column, GatheredTexts texts, ReadOnlySpan<int> codes)
    {
        for (var g = 0; g < groups.Count; g++)
        {
            var (start, end, writer) = groups[g];
            var own = codes[start..end];
            if (own.IndexOfAnyExcept(-1) < 0) continue;
            written[g].Add(column);
            if (texts.KeepsAll) WriteEach(writer, column, texts, own);
            else if (texts.Count <= SmallDictionary) writer.WriteText(column, texts.Values, own);
            else writer.WriteText(column, slice.Narrow(texts, own), slice.Codes);
        }
    }

    /// <summary>Writes texts of which hardly two are equal.</summary>
    void WriteEach(ParquetWriter writer, int column, GatheredTexts texts, ReadOnlySpan<int> codes)
    {
        Room(codes.Length);
        var count = 0;
        for (var slot = 0; slot < codes.Length; slot++)
            if (codes[slot] >= 0) rows[count++] = slot;
        var values = slice.PutBehind(texts, codes, rows.AsSpan(0, count));
        if (count == codes.Length) writer.WriteText(column, values);
        else writer.WriteDistinctText(column, values, rows.AsSpan(0, count));
    }

    /// <summary>Writes whole numbers or timestamps; <see cref="Int64Column.Null"/> for none.</summary>
    public void WriteInt64(int column, ReadOnlySpan<long> values)
    {
        for (var g = 0; g < groups.Count; g++)
        {
            var (start, end, writer) = groups[g];
            var own = values[start..end];
            var count = PresentLongs(own);
            if (count == 0) continue;
            written[g].Add(column);
            var isNarrow = writer.Schema.Leaves[column].Column.Type == PhysicalType.Int32;
            if (isNarrow)
            {
                for (var i = 0; i < count; i++) integers[i] = checked((int)longs[i]);
                if (count == own.Length) writer.WriteInt32(column, integers.AsSpan(0, count));
                else writer.WriteInt32(column, integers.AsSpan(0, count), rows.AsSpan(0, count));
            }
            else if (count == own.Length) writer.WriteInt64(column, own);
            else writer.WriteInt64(column, longs.AsSpan(0, count), rows.AsSpan(0, count));
        }
    }

    /// <summary>Writes doubles; NaN for none.</summary>
    public void WriteDoubles(int column, ReadOnlySpan<double> values)
    {
        for (var g = 0; g < groups.Count; g++)
        {
            var (start, end, writer) = groups[g];
            var own = values[start..end];
            var count = PresentDoubles(own);
            if (count == 0) continue;
            written[g].Add(column);
            if (count == own.Length) writer.WriteDouble(column, own);
            else writer.WriteDouble(column, doubles.AsSpan(0, count), rows.AsSpan(0, count));
        }
    }

    /// <summary>Writes booleans; <see cref="Storage.Rows.BooleanColumn.Null"/> for none.</summary>
    public void WriteBooleans(int column, ReadOnlySpan<sbyte> values)
    {
        for (var g = 0; g < groups.Count; g++)
        {
            var (start, end, writer) = groups[g];
            var own = values[start..end];
            Room(own.Length);
            var count = 0;
            for (var slot = 0; slot < own.Length; slot++)
            {
                if (own[slot] == Storage.Rows.BooleanColumn.Null) continue;
                rows[count] = slot;
                flags[count++] = own[slot] != 0;
            }
            if (count == 0) continue;
            written[g].Add(column);
            if (count == own.Length) writer.WriteBoolean(column, flags.AsSpan(0, count));
            else writer.WriteBoolean(column, flags.AsSpan(0, count), rows.AsSpan(0, count));
        }
    }

    int PresentLongs(ReadOnlySpan<long> values)
    {
        Room(values.Length);
        var count = 0;
        for (var slot = 0; slot < values.Length; slot++)
        {
            rows[count] = slot;
            longs[count] = values[slot];
            if (values[slot] != Int64Column.Null) count++;
        }
        return count;
    }

    int PresentDoubles(ReadOnlySpan<double> values)
    {
        Room(values.Length);
        var count = 0;
        for (var slot = 0; slot < values.Length; slot++)
        {
            rows[count] = slot;
            doubles[count] = values[slot];
            if (!double.IsNaN(values[slot])) count++;
        }
        return count;
    }

    void Room(int length)
    {
        if (rows.Length >= length) return;
        (rows, longs, integers, doubles, flags) = (new int[length], new long[length], new int[length], new double[length], new bool[length]);
    }

    [StructLayout(LayoutKind.Auto)]
    readonly record struct Group(int Start, int End, ParquetWriter Writer);
}
