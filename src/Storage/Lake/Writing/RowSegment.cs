using Cairn.Storage.Parquet;
using Cairn.Storage.Parquet.Reading;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Some consecutive rows of a source, their columns at hand: a row group as it is stored, read by one range read.</summary>
sealed class RowSegment
{
    readonly RowFile file;
    readonly ParquetReader? reader;
    readonly int group;
    readonly SourceMemory? memory;

    /// <summary>Columns that will be asked for once more in this range.</summary>
    readonly Dictionary<string, StoredColumn> peeked = new(StringComparer.Ordinal);

    /// <summary>Columns that the next range asks for as well.</summary>
    readonly Dictionary<string, StoredColumn> decoded = new(StringComparer.Ordinal);
    long decodedBytes;
    SegmentRows? rows;
    ReadOnlyMemory<byte> bytes;
    long bytesOffset;

    RowSegment(RowFile file, ParquetReader? reader, int group, int firstRow, int rowCount, SourceMemory? memory)
    {
        this.file = file;
        this.memory = memory;
        this.reader = reader;
        this.group = group;
        FirstRow = firstRow;
        RowCount = rowCount;
    }

    /// <summary>Where its rows begin in the file.</summary>
    public int FirstRow { get; }

    public int RowCount { get; }

    public RowSet Live => file.Live;

    /// <summary>How many of its rows are live.</summary>
    public int LiveCount
    {
        get
        {
            if (file.Live.IsAll) return RowCount;
            var count = 0;
            for (var row = FirstRow; row < FirstRow + RowCount; row++)
                if (file.Live[row]) count++;
            return count;
        }
    }

    /// <summary>The segments of a source, none of them loaded.</summary>
    /// <param name="memory">What they and others may hold together; null: as much as is asked of them.</param>
    /// <exception cref="RowFileGoneException">The file was deleted.</exception>
    public static async ValueTask<IReadOnlyList<RowSegment>> OpenAsync(RowFile file, CancellationToken cancellationToken, SourceMemory? memory = null)
    {
        if (file.Facts.Columns is not IStoredRows stored) return [new(file, null, 0, 0, file.RowCount, memory)];
        var reader = await stored.ReaderAsync(file.Facts, cancellationToken);
        var segments = new List<RowSegment>();
        var firstRow = 0;
        for (var group = 0; group < reader.RowGroups.Count; group++)
        {
            segments.Add(new(file, reader, group, firstRow, reader.RowGroups[group].RowCount, memory));
            firstRow += segments[^1].RowCount;
        }
        return segments;
    }

    /// <summary>Whether the source has a column; not necessarily a value of it in these rows.</summary>
    public bool Has(string column) => file.Has(column);

    /// <summary>Properties that the source has columns for and a table's schema has not.</summary>
    public IEnumerable<string> ColumnsWithout(LakeSchema schema) =>
        file.Facts.Schema.Where(column => !schema.ByRowName.ContainsKey(column.Name) && LakeProperty.TryParse(column.Name, out _)).Select(column => column.Name);

    /// <summary>Whether what is decoded is asked for again: then it is held, as far as there is room.</summary>
    public bool KeepsColumns { get; set; }

    /// <summary>Whose its rows are; made once where there is room to hold it.</summary>
    public async ValueTask<SegmentRows> RowsAsync(Partitions partitions, Subjects subjects, CancellationToken cancellationToken)
    {
        if (rows is not null) return rows;
        var read = await SegmentRows.ReadAsync(this, partitions, subjects, cancellationToken);
        if (KeepsColumns && memory?.Decoded.TryTake(read.MemoryBytes) == true)
        {
            decodedBytes += read.MemoryBytes;
            rows = read;
        }
        return read;
    }

    /// <summary>Holds the bytes of all columns from now on, where there is room for them; else each column is read by itself.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (reader is null || !bytes.IsEmpty) return;
        long first = long.MaxValue, end = 0;
        foreach (ref readonly var chunk in reader.RowGroups[group].Columns)
        {
            first = Math.Min(first, chunk.Offset);
            end = Math.Max(end, chunk.Offset + chunk.CompressedBytes);
        }
        if (memory?.Stored.TryTake(end - first) == false) return;
        var read = new byte[checked((int)(end - first))];
        try
        {
            await reader.Source.ReadAsync(first, read, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            throw new RowFileGoneException(file.Name);
        }
        (bytes, bytesOffset) = (read, first);
    }

    /// <summary>Lets go of all that is held.</summary>
    public void Unload()
    {
        memory?.Stored.GiveBack(bytes.Length);
        memory?.Decoded.GiveBack(decodedBytes);
        memory?.Peeked.GiveBack(peeked.Values.Sum(column => column.MemoryBytes));
        (bytes, decodedBytes, rows) = (default, 0, null);
        peeked.Clear();
        decoded.Clear();
    }

    /// <summary>Reads a column that will be asked for once more, and keeps it until then where there is room to hold it.</summary>
    public async ValueTask<StoredColumn?> PeekAsync(string column, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(column, cancellationToken);
        if (read is not null && reader is not null && !decoded.ContainsKey(column) && memory?.Peeked.TryTake(read.MemoryBytes) != false) peeked[column] = read;
        return read;
    }

    /// <summary>A column of the rows, past the cache, by a read of its own where the bytes are not loaded; null where the source has none of this name.</summary>
    /// <param name="distinct">Whether texts that were stored plainly are made distinct; else a text may stand in the dictionary twice.</param>
    public async ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken, bool distinct = true)
    {
        if (!Has(column)) return null;
        if (decoded.TryGetValue(column, out var held)) return held;
        if (peeked.Remove(column, out var known))
        {
            memory?.Peeked.GiveBack(known.MemoryBytes);
            return known;
        }
        if (reader is null) return await file.ReadAsync(column, cancellationToken);
        var read = await ReadStoredAsync(column, distinct, cancellationToken);
        if (KeepsColumns && read is not null && memory?.Decoded.TryTake(read.MemoryBytes) == true)
        {
            decodedBytes += read.MemoryBytes;
            decoded.Add(column, read);
        }
        return read;
    }

    async ValueTask<StoredColumn?> ReadStoredAsync(string column, bool distinct, CancellationToken cancellationToken)
    {
        var stored = ((IStoredRows)file.Facts.Columns).StoredNameOf(column);
        var read = stored is null ? null : await DecodeAsync(column, stored, distinct, cancellationToken);
        if (column != RowLayout.SentTime || !IsLake) return read;
        return SentTimes.Read(read, await ReadAsync(RowLayout.Time, cancellationToken));
    }

    /// <summary>Whether the source is a file of the lake, rather than a recent one.</summary>
    public bool IsLake => file.Facts.Columns is LakeFiles.Columns;

    async ValueTask<StoredColumn?> DecodeAsync(string column, string stored, bool distinct, CancellationToken cancellationToken)
    {
        var index = reader!.Schema.IndexOf(stored);
        if (index < 0) return null;
        var chunk = reader.RowGroups[group].Columns[index];
        if (chunk.NullCount == chunk.ValueCount) return null;
        var slice = bytes.IsEmpty ? await ReadChunkAsync(index, cancellationToken) : bytes.Slice((int)(chunk.Offset - bytesOffset), (int)chunk.CompressedBytes);
        return DecodedStoredColumn.From(file.Name, column, [ChunkDecoder.Decode(file.Name, reader.Schema.Leaves[index], in chunk, slice, distinct)]);
    }

    async ValueTask<ReadOnlyMemory<byte>> ReadChunkAsync(int column, CancellationToken cancellationToken)
    {
        try
        {
            return await reader!.ReadChunkAsync(group, column, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            throw new RowFileGoneException(file.Name);
        }
    }
}
