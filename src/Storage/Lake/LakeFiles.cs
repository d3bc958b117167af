using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>Shows data files of the lake as files of rows, without opening any of them: what the log says is enough until a column is asked for.</summary>
/// <param name="cache">Holds footers and decoded columns under its budget; may be shared.</param>
public sealed class LakeFiles(IBlobStore blobs, ColumnCache cache)
{
    readonly StoredRowFiles files = new(blobs, cache);
    readonly SharedSchemas schemas = new();

    /// <summary>Opens files of a version, each with all of its rows live.</summary>
    /// <param name="schema">The version's.</param>
    public Func<LakeFile, RowFile> Opener(DeltaSnapshot version, LakeSchema schema)
    {
        var columns = new Columns(files, cache, schema);
        // Most files of a table hold the same columns: a thousand of them must not look through all columns a thousand times.
        var known = new Dictionary<string, RowSchema>(StringComparer.Ordinal);
        return file =>
        {
            if (!known.TryGetValue(file.ColumnsText, out var own)) known.Add(file.ColumnsText, own = SchemaOf(schema, file));
            return Open(version, file, own, columns);
        };
    }

    /// <summary>All files of a version, by path.</summary>
    public IReadOnlyList<RowFile> OpenAll(DeltaSnapshot version, LakeSchema schema) =>
        [.. version.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => LakeFile.Of(version, file)).Select(Opener(version, schema))];

    RowSchema SchemaOf(LakeSchema schema, LakeFile file)
    {
        // The time as sent is known of every row, whether the file has a column for it or not.
        var stored = schema.ByRowName.Where(column => file.Has(column.Value) || column.Key == RowLayout.SentTime);
        return schemas.Of(stored.OrderBy(column => column.Value.FieldId).Select(column => new StoredColumnInfo(column.Key, TypeOf(column.Value.Type))));
    }

    static RowFile Open(DeltaSnapshot version, LakeFile file, RowSchema own, Columns columns)
    {
        var facts = new RowFileFacts(version.BlobOf(file.File), file.RowCount, own, columns)
        {
            StoredBytes = file.File.SizeBytes,
            IsSortedByPerson = true,
            Persons = file.Persons,
            MinTimeMs = file.Times.FirstMs,
            MaxTimeMs = file.Times.LastMs,
            MinReceivedAtMs = file.Receipts.FirstMs,
            MaxReceivedAtMs = file.Receipts.LastMs,
        };
        return new(facts, RowSet.All(file.RowCount));
    }

    static StoredColumnType TypeOf(DeltaType type) => type switch
    {
        DeltaType.String => StoredColumnType.Text,
        DeltaType.Double => StoredColumnType.Double,
        DeltaType.Boolean => StoredColumnType.Boolean,
        DeltaType.Timestamp or DeltaType.Long or DeltaType.Integer or DeltaType.Date => StoredColumnType.Int64,
    };

    /// <summary>Reads columns by the names that rows have for them.</summary>
    internal sealed class Columns(StoredRowFiles files, ColumnCache cache, LakeSchema schema) : IStoredRows
    {
        /// <summary>Bytes that the cache counts for an entry beside what was read.</summary>
        const int EntryBytes = 256;

        public ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken)
        {
            if (!file.TryFind(column, out _) || StoredNameOf(column) is not { } stored) return default;
            return cache.GetAsync(file.Name, column, async () =>
            {
                var read = await files.ReadStoredAsync(file, column, stored, CancellationToken.None);
                if (column == RowLayout.SentTime) read = SentTimes.Read(read, await ReadAsync(file, RowLayout.Time, CancellationToken.None));
                return (read, (read?.MemoryBytes ?? 0) + EntryBytes);
            }, cancellationToken);
        }

        public ValueTask<StoredColumn?> ReadOnceAsync(RowFileFacts file, string column, CancellationToken cancellationToken)
        {
            // What senders' clocks said is told from another column, which others ask for as well.
            if (column == RowLayout.SentTime) return ReadAsync(file, column, cancellationToken);
            if (!file.TryFind(column, out _) || StoredNameOf(column) is not { } stored) return default;
            return cache.GetOnceAsync(file.Name, column, () => files.ReadStoredAsync(file, column, stored, CancellationToken.None), cancellationToken);
        }

        public async ValueTask<StoredColumn?> ReadRowsAsync(RowFileFacts file, string column, int[] rows, CancellationToken cancellationToken)
        {
            if (column == RowLayout.SentTime) return await ReadAsync(file, column, cancellationToken) is { } read ? PickedColumn.Of(read, rows) : null;
            if (!file.TryFind(column, out _) || StoredNameOf(column) is not { } stored) return null;
            return await files.ReadStoredRowsAsync(file, column, stored, rows, cancellationToken);
        }

        public ValueTask<ParquetReader> ReaderAsync(RowFileFacts file, CancellationToken cancellationToken) => files.ReaderAsync(file, cancellationToken);

        public string? StoredNameOf(string column) => schema.ByRowName.GetValueOrDefault(column)?.PhysicalName;
    }
}
