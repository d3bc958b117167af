using Cairn.Storage.Parquet.Metadata;
using Cairn.Storage.Parquet.Writing;

namespace Cairn.Storage.Parquet;

/// <summary>
/// Writes one Parquet file, row group by row group, column by column: into memory that it owns, or to a stream. Bytes are described in
/// docs/formats/parquet.md.
/// </summary>
/// <remarks>
/// Between <see cref="BeginRowGroup"/> and <see cref="EndRowGroup"/> each column is written at most once, in any order; a nullable one that is
/// left out becomes null in every row. Nulls are given in one of three ways:
/// <code>
/// one slot a row, and a mask     values[i] is row i's; a 0 in the mask (see <see cref="Bits"/>) makes it null
/// one slot a row, codes          a code of -1 is null
/// only what is there, and rows   values[i] is that of row rows[i]; rows ascend; the others are null (cheap for sparse columns)
/// </code>
/// Nothing is kept of a caller's memory after a call. No allocation per value; buffers are pooled. Not thread-safe.
/// </remarks>
public sealed partial class ParquetWriter : IDisposable
{
    readonly ParquetWriterOptions options;
    readonly Stream? destination;
    readonly ByteBuffer output = new();
    readonly ChunkBuilder chunk = new();
    readonly List<RowGroupInfo> rowGroups = [];
    readonly Scratch<ulong> masks = new();
    readonly Scratch<int> integers = new();
    readonly Scratch<int> codeMap = new();
    readonly Scratch<long> longs = new();
    readonly Scratch<double> doubles = new();
    readonly Scratch<bool> booleans = new();
    ColumnChunkInfo[]? columns;
    int rowCount;
    long flushedBytes;
    bool isFinished;

    /// <summary>A file in memory.</summary>
    public ParquetWriter(ParquetSchema schema, ParquetWriterOptions? options = null)
        : this(schema, null, options)
    {
    }

    /// <summary>A file that goes to a stream chunk by chunk, from the stream's position on; the caller disposes of the stream.</summary>
    public ParquetWriter(ParquetSchema schema, Stream? destination, ParquetWriterOptions? options = null)
    {
        foreach (var leaf in schema.Leaves)
            if (leaf.Column.Type is PhysicalType.Int96 or PhysicalType.Float or PhysicalType.FixedBytes)
                throw new ArgumentException($"column {leaf}: {leaf.Column.Type} is read only", nameof(schema));
        Schema = schema;
        this.options = options ?? ParquetWriterOptions.Default;
        this.destination = destination;
        output.Append(FileLayout.Magic);
    }

    public ParquetSchema Schema { get; }

    /// <summary>Bytes of the file so far.</summary>
    public long Length => flushedBytes + output.Length;

    /// <summary>Row groups written so far.</summary>
    public int RowGroupCount => rowGroups.Count;

    /// <param name="rowCount">1 to <see cref="ParquetWriterOptions.MaxRowsPerRowGroup"/>.</param>
    public void BeginRowGroup(int rowCount)
    {
        if (columns is not null) throw new InvalidOperationException("the last row group is not ended");
        if (isFinished) throw new InvalidOperationException("the file is finished");
        if (rowCount < 1 || rowCount > options.MaxRowsPerRowGroup) throw new ArgumentOutOfRangeException(nameof(rowCount), rowCount, $"a row group has 1 to {options.MaxRowsPerRowGroup} rows");
        this.rowCount = rowCount;
        columns = new ColumnChunkInfo[Schema.Leaves.Count];
    }

    /// <exception cref="InvalidOperationException">A column that can't be null was not written.</exception>
    public void EndRowGroup()
    {
        var written = columns ?? throw new InvalidOperationException("no row group was begun");
        for (var i = 0; i < written.Length; i++)
            if (written[i].DataPageOffset == 0) WriteNulls(i);
        rowGroups.Add(new RowGroupInfo(rowCount, written));
        columns = null;
    }

    /// <summary>Writes the footer.</summary>
    /// <returns>The whole file, valid until <see cref="Dispose"/>; empty where it went to a stream, which is not flushed.</returns>
    /// <param name="more">Notes beside those of the options: what is known once all rows are written.</param>
    public ReadOnlyMemory<byte> Finish(IReadOnlyDictionary<string, string>? more = null)
    {
        if (columns is not null) throw new InvalidOperationException("the last row group is not ended");
        if (isFinished) throw new InvalidOperationException("the file is finished");
        FooterWriter.Write(Schema, rowGroups, more is null ? options.KeyValues : options.KeyValues.Concat(more).ToDictionary(), output);
        isFinished = true;
        Flush();
        return output.WrittenMemory;
    }

    public void Dispose()
    {
        output.Dispose();
        chunk.Dispose();
        masks.Dispose();
        integers.Dispose();
        codeMap.Dispose();
        longs.Dispose();
        doubles.Dispose();
        booleans.Dispose();
    }

    /// <summary>Writes null in every row.</summary>
    public void WriteNulls(int column)
    {
        var leaf = Leaf(column);
        if (leaf.MaxDefinition == 0) throw new InvalidOperationException($"column {leaf} can't be null and was not written");
        var into = chunk.BeginPage(rowCount, ParquetEncoding.Plain);
        // All levels are 0, in whatever width.
        if (leaf.MaxRepetition > 0) Levels.WriteRunWithLength(0, rowCount, into);
        Levels.WriteRunWithLength(0, rowCount, into);
        FinishChunk(column, new ColumnChunkInfo { ValueCount = rowCount, NullCount = rowCount });
    }

    ParquetLeaf Leaf(int column)
    {
        if (columns is null) throw new InvalidOperationException("no row group was begun");
        if (columns[column].DataPageOffset != 0) throw new InvalidOperationException($"column {Schema.Leaves[column]} was written already");
        chunk.Clear();
        return Schema.Leaves[column];
    }

    ParquetLeaf FlatLeaf(int column, PhysicalType type)
    {
        var leaf = Leaf(column);
        if (leaf.Column.Type != type) throw new ArgumentException($"column {leaf} holds {leaf.Column.Type}, not {type}", nameof(column));
        if (!leaf.IsFlat) throw new ArgumentException($"column {leaf} is nested: write it with its levels", nameof(column));
        return leaf;
    }

    void FinishChunk(int column, ColumnChunkInfo known)
    {
        columns![column] = chunk.Finish(Length, output, options.Compresses, known);
        Flush();
    }

    void Flush()
    {
        if (destination is null) return;
        destination.Write(output.Written);
        flushedBytes += output.Length;
        output.Clear();
    }

    /// <summary>Cuts a flat column into pages.</summary>
    /// <param name="values">Those of the rows that hold one.</param>
    void WritePages<T>(ParquetLeaf leaf, Presence presence, T values, int rowsPerPage = WriterLimits.MaxRowsPerPage)
        where T : IPageValues, allows ref struct
    {
        var done = 0;
        for (var row = 0; row < presence.RowCount; row += rowsPerPage)
        {
            var page = presence.Slice(row, Math.Min(rowsPerPage, presence.RowCount - row));
            var into = chunk.BeginPage(page.RowCount, values.Encoding);
            if (leaf.Column.Nullable) WriteDefinitionLevels(page, into);
            values.Encode(done, page.PresentCount, into);
            done += page.PresentCount;
        }
    }

    static void WriteDefinitionLevels(Presence page, ByteBuffer into)
    {
        if (page.Bits.IsEmpty) Levels.WriteRunWithLength(1, page.RowCount, into);
        else Levels.WriteWithLength(page.Bits, page.RowCount, into);
    }

    static void RequireNoNulls(ParquetLeaf leaf, Presence presence)
    {
        if (presence.NullCount > 0 && !leaf.Column.Nullable) throw new ArgumentException($"column {leaf} can't be null, but {presence.NullCount} rows are");
    }
}
