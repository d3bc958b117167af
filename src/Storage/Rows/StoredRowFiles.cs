using Cairn.Storage.Parquet;
using Stored = Cairn.Storage.Parquet;

namespace Cairn.Storage.Rows;

/// <summary>Opens stored files of rows and reads their columns, through the cache.</summary>
sealed class StoredRowFiles(IBlobStore blobs, ColumnCache cache) : IStoredRows
{
    /// <summary>The cache's part for a file's footer; no column is called so.</summary>
    const string FooterPart = "/footer";

    /// <summary>Bytes that the cache counts for an entry, and for each column of a footer, beside what was read.</summary>
    const int EntryBytes = 256, FooterColumnBytes = 256;

    /// <summary>Up to this size a file is read whole when opened, and held with its footer.</summary>
    const int WholeFileBytes = 64 * 1024;

    /// <summary>Schemas seen, so that a thousand files of the same columns hold one.</summary>
    readonly SharedSchemas schemas = new();

    /// <summary>Reads a file's footer.</summary>
    /// <exception cref="RowFileGoneException">It was deleted since it was listed.</exception>
    public async ValueTask<RowFileFacts> OpenAsync(BlobEntry entry, CancellationToken cancellationToken)
    {
        var reader = await ReaderAsync(entry.Name, entry.Length, cancellationToken);
        var (minTime, maxTime) = Range(reader, RowLayout.Time);
        var (minReceived, maxReceived) = Range(reader, RowLayout.ReceivedAt);
        var schema = schemas.Of(reader.Schema.Leaves.Select(leaf => new StoredColumnInfo(leaf.Column.Name, TypeOf(reader, leaf.Column))));
        return new(entry.Name, checked((int)reader.RowCount), schema, this)
        {
            StoredBytes = entry.Length,
            MinTimeMs = minTime,
            MaxTimeMs = maxTime,
            MinReceivedAtMs = minReceived,
            MaxReceivedAtMs = maxReceived,
        };
    }

    public ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken)
    {
        if (!file.TryFind(column, out _)) return default;
        return cache.GetAsync(file.Name, column, async () =>
        {
            var read = await ReadUncachedAsync(file, column, CancellationToken.None);
            return ((StoredColumn?)read, read.MemoryBytes + EntryBytes);
        }, cancellationToken);
    }

    public ValueTask<StoredColumn?> ReadOnceAsync(RowFileFacts file, string column, CancellationToken cancellationToken)
    {
        if (!file.TryFind(column, out _)) return default;
        return cache.GetOnceAsync(file.Name, column, async () => (StoredColumn?)await ReadUncachedAsync(file, column, CancellationToken.None), cancellationToken);
    }

    /// <summary>Reads a column that will hardly be asked for again, and leaves the cache to the others.</summary>
    public async Task<StoredColumn> ReadUncachedAsync(RowFileFacts file, string column, CancellationToken cancellationToken) =>
        await ReadStoredAsync(file, column, column, cancellationToken) ?? throw new InvalidDataException($"{file.Name} lacks the column {column} that it had");

    public ValueTask<StoredColumn?> ReadRowsAsync(RowFileFacts file, string column, int[] rows, CancellationToken cancellationToken) =>
        file.TryFind(column, out _) ? ReadStoredRowsAsync(file, column, column, rows, cancellationToken) : default;

    /// <summary>Reads a column at some rows, ascending, by the name that it has in the file: only row groups that hold some are read. Null where the file has none of this name.</summary>
    public async ValueTask<StoredColumn?> ReadStoredRowsAsync(RowFileFacts file, string column, string stored, int[] rows, CancellationToken cancellationToken)
    {
        var reader = await ReaderAsync(file.Name, file.StoredBytes, cancellationToken);
        var index = reader.Schema.IndexOf(stored);
        if (index < 0) return null;
        var groups = new List<int>();
        var (places, at, first, skipped) = (new int[rows.Length], 0, 0L, 0L);
        for (var group = 0; group < reader.RowGroups.Count; group++)
        {
            var (end, before) = (first + reader.RowGroups[group].RowCount, at);
            for (; at < rows.Length && rows[at] < end; at++) places[at] = (int)(rows[at] - skipped);
            if (at > before) groups.Add(group);
            else skipped += end - first;
            first = end;
        }
        return PickedColumn.Of(await ReadGroupsAsync(reader, column, index, groups, cancellationToken), places);
    }

    /// <summary>Reads a column by the name that it has in the file; null where the file has none of this name.</summary>
    public async Task<StoredColumn?> ReadStoredAsync(RowFileFacts file, string column, string stored, CancellationToken cancellationToken)
    {
        var reader = await ReaderAsync(file.Name, file.StoredBytes, cancellationToken);
        var index = reader.Schema.IndexOf(stored);
        return index < 0 ? null : await ReadGroupsAsync(reader, column, index, [.. Enumerable.Range(0, reader.RowGroups.Count)], cancellationToken);
    }

    static async Task<StoredColumn> ReadGroupsAsync(ParquetReader reader, string column, int index, List<int> groups, CancellationToken cancellationToken)
    {
        try
        {
            var parts = new Stored.DecodedColumn[groups.Count];
            for (var i = 0; i < parts.Length; i++) parts[i] = await reader.ReadAsync(groups[i], index, cancellationToken);
            return DecodedStoredColumn.From(reader.Name, column, parts);
        }
        catch (FileNotFoundException)
        {
            throw new RowFileGoneException(reader.Name);
        }
    }

    public ValueTask<ParquetReader> ReaderAsync(RowFileFacts file, CancellationToken cancellationToken) => ReaderAsync(file.Name, file.StoredBytes, cancellationToken);

    public string? StoredNameOf(string column) => column;

    ValueTask<ParquetReader> ReaderAsync(string name, long length, CancellationToken cancellationToken) =>
        cache.GetAsync(name, FooterPart, async () =>
        {
            try
            {
                var reader = await ParquetReader.OpenAsync(new BlobSource(blobs, name, length), CancellationToken.None);
                return (reader, (length <= WholeFileBytes ? length : 0) + EntryBytes + ((long)reader.Schema.Leaves.Count * (1 + (reader.RowGroups.Count / 2)) * FooterColumnBytes));
            }
            catch (FileNotFoundException)
            {
                throw new RowFileGoneException(name);
            }
        }, cancellationToken);

    static (long Min, long Max) Range(ParquetReader reader, string column)
    {
        var index = reader.Schema.IndexOf(column);
        long min = long.MaxValue, max = long.MinValue;
        foreach (var group in reader.RowGroups)
        {
            if (index < 0 || !group.Columns[index].HasRange) return (long.MinValue, long.MaxValue);
            min = Math.Min(min, group.Columns[index].Min);
            max = Math.Max(max, group.Columns[index].Max);
        }
        return (min, max);
    }

    static StoredColumnType TypeOf(ParquetReader reader, ParquetColumn column) => column.Type switch
    {
        PhysicalType.ByteArray => StoredColumnType.Text,
        PhysicalType.Int32 or PhysicalType.Int64 => StoredColumnType.Int64,
        PhysicalType.Double => StoredColumnType.Double,
        PhysicalType.Boolean => StoredColumnType.Boolean,
        var other => throw new InvalidDataException($"{reader.Name}: column {column.Name} is of type {other}, which no file of rows has"),
    };
}
