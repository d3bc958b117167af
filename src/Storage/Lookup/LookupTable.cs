namespace Cairn.Storage.Lookup;

/// <summary>
/// Look-up rows by id in one table: read, changed and written back with the version they were read at, some at a time. What is
/// kept here is a copy that can be made anew from the recent files and the lake.
/// </summary>
/// <param name="table">The table's name.</param>
public sealed class LookupTable(ITableStore tables, IBlobStore blobs, string table)
{
    /// <summary>Times a change is tried when others change the same rows; with two owners of a partition, one or two do.</summary>
    const int MaxAttempts = 10;

    /// <summary>Partitions worked on at once: enough to hide a store's latency, few enough to be no load.</summary>
    const int MaxParallel = 8;

    /// <summary>Bytes of content in one transaction: below Azure's 4 MiB with keys and names.</summary>
    const int MaxTransactionContentBytes = 3 * 1024 * 1024;

    /// <summary>Reads a row; <see cref="LookupRow.None"/> where there is none.</summary>
    public async Task<LookupRow> FindAsync(string projectId, string id, CancellationToken cancellationToken)
    {
        // Between reading the row and its blob the row may have been written anew and the old blob deleted.
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var key = LookupKey.Of(projectId, id);
            if (await tables.FindAsync(table, key.PartitionKey, key.RowKey, cancellationToken) is not { } row) return LookupRow.None(id);
            if (LookupRowLayout.BlobName(row) is not { } blobName) return new(id, LookupRowLayout.Content(row), row.ETag, null);
            if (await blobs.ReadAsync(blobName, cancellationToken) is { } blob) return new(id, blob.Bytes, row.ETag, blobName);
        }
        throw new StorageUnavailableException($"a row of {table} names a blob that is not there");
    }

    /// <summary>Changes the rows of some ids: each is read, given to <paramref name="change"/>, and written if that gives new content.</summary>
    /// <param name="change">From a row to its new content, null to leave it, or nothing (no bytes) to delete it. May be asked again when somebody else wrote meanwhile.</param>
    /// <exception cref="StorageUnavailableException">The store is away, or the rows are written by others without an end.</exception>
    public Task ChangeAsync(
        string projectId, IEnumerable<string> ids, Func<LookupRow, CancellationToken, ValueTask<byte[]?>> change, CancellationToken cancellationToken)
    {
        var partitions = ids.Select(id => (Id: id, Key: LookupKey.Of(projectId, id))).GroupBy(row => row.Key.PartitionKey, StringComparer.Ordinal)
            .SelectMany(partition => partition.Chunk(TableLimits.MaxChanges));
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(partitions, options, async (rows, cancellation) =>
        {
            for (var attempt = 1; attempt <= MaxAttempts; attempt++)
                if (await TryChangeAsync(projectId, rows, change, cancellation)) return;
            throw new StorageUnavailableException($"rows of {table} were written by others {MaxAttempts} times in a row");
        });
    }

    async Task<bool> TryChangeAsync(
        string projectId, (string Id, LookupKey Key)[] rows, Func<LookupRow, CancellationToken, ValueTask<byte[]?>> change, CancellationToken cancellationToken)
    {
        var changes = new List<TableChange>();
        var oldBlobs = new List<string>();
        var contentBytes = 0;
        foreach (var (id, key) in rows)
        {
            var row = await FindAsync(projectId, id, cancellationToken);
            if (await change(row, cancellationToken) is not { } content) continue;
            if (content.Length == 0)
            {
                if (row.BlobName is { } unneeded) oldBlobs.Add(unneeded);
                if (row.ETag is not null) changes.Add(new(key.RowKey, TableAction.Delete, new Dictionary<string, object>(), row.ETag));
                continue;
            }
            var blobName = LookupRowLayout.BlobNameFor(table, key, content);
            if (blobName is not null) await blobs.PutAsync(blobName, content, PutCondition.None, cancellationToken);
            if (row.BlobName is not null && row.BlobName != blobName) oldBlobs.Add(row.BlobName);
            var inRow = blobName is null ? content.Length : 0;
            if (contentBytes + inRow > MaxTransactionContentBytes)
            {
                // What is written stays written when a later part fails: the change leaves such rows alone the next time.
                if (!await SubmitAsync(key.PartitionKey, changes, cancellationToken)) return false;
                changes.Clear();
                contentBytes = 0;
            }
            contentBytes += inRow;
            var values = LookupRowLayout.Values(id, content, blobName);
            changes.Add(new(key.RowKey, row.ETag is null ? TableAction.Insert : TableAction.Replace, values, row.ETag));
        }
        if (changes.Count > 0 && !await SubmitAsync(rows[0].Key.PartitionKey, changes, cancellationToken)) return false;
        foreach (var blob in oldBlobs) await blobs.DeleteAsync(blob, cancellationToken);
        return true;
    }

    async Task<bool> SubmitAsync(string partitionKey, List<TableChange> changes, CancellationToken cancellationToken) =>
        await tables.SubmitAsync(table, partitionKey, changes, cancellationToken) is not null;
}
