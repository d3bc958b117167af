using Cairn.Storage.Parquet.Writing;

namespace Cairn.Storage.Parquet;

public sealed partial class ParquetWriter
{
    /// <summary>Writes whole numbers or timestamps, one a row, none null.</summary>
    public void WriteInt64(int column, ReadOnlySpan<long> values)
    {
        RequireOneARow(values.Length);
        WriteInt64(column, Presence.All(rowCount), values);
    }

    /// <summary>Writes one a row, null where <paramref name="present"/> has a 0; those values are ignored.</summary>
    public void WriteInt64(int column, ReadOnlySpan<long> values, ReadOnlySpan<ulong> present)
    {
        RequireOneARow(values.Length);
        var presence = Presence.Of(present, rowCount, masks.Array(Bits.WordsOf(rowCount)));
        WriteInt64(column, presence, Gather(presence, values, longs));
    }

    /// <summary>Writes the values of <paramref name="rows"/>; all others are null.</summary>
    public void WriteInt64(int column, ReadOnlySpan<long> values, ReadOnlySpan<int> rows)
    {
        RequireOneEach(values.Length, rows.Length);
        WriteInt64(column, Presence.Of(rows, rowCount, masks.Array(Bits.WordsOf(rowCount))), values);
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long})"/>
    public void WriteInt32(int column, ReadOnlySpan<int> values)
    {
        RequireOneARow(values.Length);
        WriteInt32(column, Presence.All(rowCount), values);
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long}, ReadOnlySpan{ulong})"/>
    public void WriteInt32(int column, ReadOnlySpan<int> values, ReadOnlySpan<ulong> present)
    {
        RequireOneARow(values.Length);
        var presence = Presence.Of(present, rowCount, masks.Array(Bits.WordsOf(rowCount)));
        WriteInt32(column, presence, Gather(presence, values, integers));
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long}, ReadOnlySpan{int})"/>
    public void WriteInt32(int column, ReadOnlySpan<int> values, ReadOnlySpan<int> rows)
    {
        RequireOneEach(values.Length, rows.Length);
        WriteInt32(column, Presence.Of(rows, rowCount, masks.Array(Bits.WordsOf(rowCount))), values);
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long})"/>
    public void WriteDouble(int column, ReadOnlySpan<double> values)
    {
        RequireOneARow(values.Length);
        WriteDouble(column, Presence.All(rowCount), values);
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long}, ReadOnlySpan{ulong})"/>
    public void WriteDouble(int column, ReadOnlySpan<double> values, ReadOnlySpan<ulong> present)
    {
        RequireOneARow(values.Length);
        var presence = Presence.Of(present, rowCount, masks.Array(Bits.WordsOf(rowCount)));
        WriteDouble(column, presence, Gather(presence, values, doubles));
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long}, ReadOnlySpan{int})"/>
    public void WriteDouble(int column, ReadOnlySpan<double> values, ReadOnlySpan<int> rows)
    {
        RequireOneEach(values.Length, rows.Length);
        WriteDouble(column, Presence.Of(rows, rowCount, masks.Array(Bits.WordsOf(rowCount))), values);
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long})"/>
    public void WriteBoolean(int column, ReadOnlySpan<bool> values)
    {
        RequireOneARow(values.Length);
        WriteBoolean(column, Presence.All(rowCount), values);
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long}, ReadOnlySpan{ulong})"/>
    public void WriteBoolean(int column, ReadOnlySpan<bool> values, ReadOnlySpan<ulong> present)
    {
        RequireOneARow(values.Length);
        var presence = Presence.Of(present, rowCount, masks.Array(Bits.WordsOf(rowCount)));
        WriteBoolean(column, presence, Gather(presence, values, booleans));
    }

    /// <inheritdoc cref="WriteInt64(int, ReadOnlySpan{long}, ReadOnlySpan{int})"/>
    public void WriteBoolean(int column, ReadOnlySpan<bool> values, ReadOnlySpan<int> rows)
    {
        RequireOneEach(values.Length, rows.Length);
        WriteBoolean(column, Presence.Of(rows, rowCount, masks.Array(Bits.WordsOf(rowCount))), values);
    }

    void WriteInt64(int column, Presence presence, ReadOnlySpan<long> values)
    {
        var leaf = FlatLeaf(column, PhysicalType.Int64);
        RequireNoNulls(leaf, presence);
        WritePages(leaf, presence, new DeltaInt64s(values));
        if (chunk.RawBytes > (long)values.Length * sizeof(long))
        {
            // Numbers without order (hashes) only grow by the blocks' headers.
            chunk.Clear();
            WritePages(leaf, presence, new PlainNumbers<long>(values));
        }
        FinishChunk(column, Known(leaf, presence, values));
    }

    void WriteInt32(int column, Presence presence, ReadOnlySpan<int> values)
    {
        var leaf = FlatLeaf(column, PhysicalType.Int32);
        RequireNoNulls(leaf, presence);
        WritePages(leaf, presence, new DeltaInt32s(values));
        FinishChunk(column, Known(leaf, presence, values));
    }

    void WriteDouble(int column, Presence presence, ReadOnlySpan<double> values)
    {
        var leaf = FlatLeaf(column, PhysicalType.Double);
        RequireNoNulls(leaf, presence);
        if (DoubleDictionary.TryBuild(values, integers.Of(values.Length), longs, out var distinct, out var width))
        {
            Encodings.Plain.Encode(distinct, chunk.BeginDictionary(distinct.Length));
            WritePages(leaf, presence, new DictionaryCodes(integers.Of(values.Length), width));
        }
        else
        {
            WritePages(leaf, presence, new PlainNumbers<double>(values));
        }
        FinishChunk(column, KnownDoubles(leaf, presence, values));
    }

    void WriteBoolean(int column, Presence presence, ReadOnlySpan<bool> values)
    {
        var leaf = FlatLeaf(column, PhysicalType.Boolean);
        RequireNoNulls(leaf, presence);
        WritePages(leaf, presence, new RunLengthBooleans(values));
        FinishChunk(column, new ColumnChunkInfo { ValueCount = rowCount, NullCount = presence.NullCount });
    }

    static ColumnChunkInfo Known<T>(ParquetLeaf leaf, Presence presence, ReadOnlySpan<T> values)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        var known = new ColumnChunkInfo { ValueCount = presence.RowCount, NullCount = presence.NullCount };
        if (!leaf.Column.KeepsRange || values.IsEmpty) return known;
        T min = values[0], max = values[0];
        foreach (var value in values)
        {
            min = T.Min(min, value);
            max = T.Max(max, value);
        }
        return known with { HasRange = true, Min = long.CreateChecked(min), Max = long.CreateChecked(max) };
    }

    /// <summary>No range where a value is NaN; zeros count as both, as parquet.thrift asks of writers.</summary>
    static ColumnChunkInfo KnownDoubles(ParquetLeaf leaf, Presence presence, ReadOnlySpan<double> values)
    {
        var known = new ColumnChunkInfo { ValueCount = presence.RowCount, NullCount = presence.NullCount };
        if (!leaf.Column.KeepsRange || values.IsEmpty) return known;
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        foreach (var value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        if (double.IsNaN(min)) return known;
        if (min == 0) min = -0.0;
        if (max == 0) max = 0.0;
        return known with { HasRange = true, Min = BitConverter.DoubleToInt64Bits(min), Max = BitConverter.DoubleToInt64Bits(max) };
    }

    static ReadOnlySpan<T> Gather<T>(Presence presence, ReadOnlySpan<T> values, Scratch<T> scratch)
        where T : unmanaged
    {
        if (presence.NullCount == 0) return values;
        var gathered = scratch.Of(presence.PresentCount);
        presence.Gather(values, gathered);
        return gathered;
    }

    void RequireOneARow(int count)
    {
        if (columns is null) throw new InvalidOperationException("no row group was begun");
        if (count != rowCount) throw new ArgumentException($"the row group has {rowCount} rows, not {count}");
    }

    static void RequireOneEach(int values, int rows)
    {
        if (values != rows) throw new ArgumentException($"{values} values for {rows} rows");
    }
}
