using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using BooleanColumn = Cairn.Storage.Rows.BooleanColumn;
using DoubleColumn = Cairn.Storage.Rows.DoubleColumn;
using Int64Column = Cairn.Storage.Rows.Int64Column;
using TextColumn = Cairn.Storage.Rows.TextColumn;

namespace Cairn.Storage.Recent;

/// <summary>A column in the making.</summary>
interface IColumnBuilder
{
    string Name { get; }
    StoredColumnType Type { get; }

    /// <summary>Values held, at most one a row.</summary>
    int Count { get; }

    /// <summary>How it stands in the file.</summary>
    ParquetColumn Stored { get; }

    /// <summary>Forgets all values and keeps the memory for the next file.</summary>
    void Clear();

    /// <summary>Takes back the last value where it belongs to <paramref name="row"/>.</summary>
    bool Drop(int row);

    /// <summary>Writes the column of a row group of <paramref name="rowCount"/> rows.</summary>
    void Write(ParquetWriter writer, int column, int rowCount);

    /// <summary>The whole column in memory, a value or a null for each of <paramref name="rowCount"/> rows.</summary>
    StoredColumn Build(int rowCount);
}

/// <summary>Collects one column's values row by row. Rows without a value cost nothing, so that a rare property stays small.</summary>
/// <typeparam name="T">What is kept per value; a code for texts.</typeparam>
abstract class ColumnBuilder<T>(string name) : IColumnBuilder where T : struct
{
    /// <summary>Which rows have the values; empty for as long as every row has one.</summary>
    int[] rows = [];
    T[] values = [];
    bool isSparse;

    public string Name => name;
    public int Count { get; private set; }
    public abstract StoredColumnType Type { get; }
    public abstract ParquetColumn Stored { get; }

    protected ReadOnlySpan<T> Values => values.AsSpan(0, Count);

    /// <summary>Adds a row's value; rows ascend.</summary>
    public void Add(int row, T value)
    {
        if (Count == values.Length) Array.Resize(ref values, Math.Max(16, Count * 2));
        if (row != Count && !isSparse) BecomeSparse();
        if (isSparse)
        {
            if (Count == rows.Length) Array.Resize(ref rows, values.Length);
            rows[Count] = row;
        }
        values[Count++] = value;
    }

    public virtual void Clear()
    {
        Count = 0;
        isSparse = false;
    }

    public bool Drop(int row)
    {
        if (Count == 0 || RowOf(Count - 1) != row) return false;
        Count--;
        return true;
    }

    public abstract void Write(ParquetWriter writer, int column, int rowCount);

    public abstract StoredColumn Build(int rowCount);

    /// <summary>The values' rows, for a column that leaves some out.</summary>
    protected ReadOnlySpan<int> Rows(int rowCount)
    {
        if (!isSparse && Count < rowCount) BecomeSparse();
        return rows.AsSpan(0, Count);
    }

    protected int RowOf(int index) => isSparse ? rows[index] : index;

    protected T[] Spread(int rowCount, T absent)
    {
        var all = new T[rowCount];
        if (Count < rowCount) Array.Fill(all, absent);
        for (var i = 0; i < Count; i++) all[RowOf(i)] = values[i];
        return all;
    }

    void BecomeSparse()
    {
        isSparse = true;
        if (rows.Length < values.Length) rows = new int[values.Length];
        for (var i = 0; i < Count; i++) rows[i] = i;
    }
}

/// <summary>Texts, numbered as they come.</summary>
/// <param name="isJson">Whether the texts are JSON, which the file's schema then says.</param>
sealed class TextColumnBuilder(string name, bool isJson = false) : ColumnBuilder<int>(name)
{
    readonly Utf8Dictionary dictionary = new();

    public override StoredColumnType Type => StoredColumnType.Text;
    public override ParquetColumn Stored => isJson ? ParquetColumn.Json(Name) : ParquetColumn.Text(Name);

    /// <remarks>Bytes that are no UTF-8 become U+FFFD, so that every stored text is one that any reader takes.</remarks>
    public void Add(int row, ReadOnlySpan<byte> utf8) =>
        Add(row, Utf8.IsValid(utf8) ? dictionary.CodeOf(utf8) : dictionary.CodeOf(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8))));

    public override void Clear()
    {
        base.Clear();
        dictionary.Clear();
    }

    public override void Write(ParquetWriter writer, int column, int rowCount)
    {
        if (Count == rowCount) writer.WriteText(column, dictionary.Values, Values);
        else writer.WriteText(column, dictionary.Values, Values, Rows(rowCount));
    }

    public override StoredColumn Build(int rowCount)
    {
        var texts = dictionary.Values;
        return new TextColumn(Spread(rowCount, TextColumn.Null), new(texts.Bytes[..texts.TotalBytes].ToArray(), texts.Offsets.ToArray()));
    }
}

/// <summary>Texts of which no two are equal, one a row: nothing is gained by numbering them.</summary>
sealed class DistinctTextColumnBuilder(string name) : IColumnBuilder
{
    byte[] bytes = new byte[1024];
    int[] offsets = new int[64];

    public string Name => name;
    public int Count { get; private set; }
    public StoredColumnType Type => StoredColumnType.Text;
    public ParquetColumn Stored => ParquetColumn.Text(name, nullable: false);

    Utf8Values Texts => new(bytes, offsets.AsSpan(0, Count + 1));

    public void Add(ReadOnlySpan<byte> utf8)
    {
        var start = offsets[Count];
        if (start + utf8.Length > bytes.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, start + utf8.Length));
        if (Count + 1 == offsets.Length) Array.Resize(ref offsets, offsets.Length * 2);
        utf8.CopyTo(bytes.AsSpan(start));
        offsets[++Count] = start + utf8.Length;
    }

    public void Clear() => Count = 0;

    public bool Drop(int row)
    {
        if (Count != row + 1) return false;
        Count--;
        return true;
    }

    public void Write(ParquetWriter writer, int column, int rowCount) => writer.WriteText(column, Texts);

    public StoredColumn Build(int rowCount) =>
        new TextColumn([.. Enumerable.Range(0, Count)], new(bytes.AsSpan(0, offsets[Count]).ToArray(), offsets.AsSpan(0, Count + 1).ToArray()));
}

sealed class Int64ColumnBuilder(ParquetColumn stored) : ColumnBuilder<long>(stored.Name)
{
    public override StoredColumnType Type => StoredColumnType.Int64;
    public override ParquetColumn Stored => stored;

    public override void Write(ParquetWriter writer, int column, int rowCount)
    {
        if (stored.Type != PhysicalType.Int64) WriteNarrow(writer, column, rowCount);
        else if (Count == rowCount) writer.WriteInt64(column, Values);
        else writer.WriteInt64(column, Values, Rows(rowCount));
    }

    void WriteNarrow(ParquetWriter writer, int column, int rowCount)
    {
        var rented = ArrayPool<int>.Shared.Rent(Count);
        var narrow = rented.AsSpan(0, Count);
        for (var i = 0; i < narrow.Length; i++) narrow[i] = checked((int)Values[i]);
        if (Count == rowCount) writer.WriteInt32(column, narrow);
        else writer.WriteInt32(column, narrow, Rows(rowCount));
        ArrayPool<int>.Shared.Return(rented);
    }

    public override StoredColumn Build(int rowCount) => new Int64Column(Spread(rowCount, Int64Column.Null));
}

sealed class DoubleColumnBuilder(string name) : ColumnBuilder<double>(name)
{
    public override StoredColumnType Type => StoredColumnType.Double;
    public override ParquetColumn Stored => ParquetColumn.Double(Name);
    public override void Write(ParquetWriter writer, int column, int rowCount)
    {
        if (Count == rowCount) writer.WriteDouble(column, Values);
        else writer.WriteDouble(column, Values, Rows(rowCount));
    }
    public override StoredColumn Build(int rowCount) => new DoubleColumn(Spread(rowCount, double.NaN));
}

sealed class BooleanColumnBuilder(string name) : ColumnBuilder<bool>(name)
{
    public override StoredColumnType Type => StoredColumnType.Boolean;
    public override ParquetColumn Stored => ParquetColumn.Boolean(Name);
    public override void Write(ParquetWriter writer, int column, int rowCount)
    {
        if (Count == rowCount) writer.WriteBoolean(column, Values);
        else writer.WriteBoolean(column, Values, Rows(rowCount));
    }

    public override StoredColumn Build(int rowCount)
    {
        var all = new sbyte[rowCount];
        if (Count < rowCount) Array.Fill(all, BooleanColumn.Null);
        for (var i = 0; i < Count; i++) all[RowOf(i)] = Values[i] ? (sbyte)1 : (sbyte)0;
        return new BooleanColumn(all);
    }
}
