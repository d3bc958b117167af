namespace Cairn.Storage;

/// <summary>
/// The look-up rows of one deployment, as Azure Table Storage keeps them: a row has a partition key, a row key, an ETag and named
/// values. Implemented over Azure Tables, SQLite and memory; one contract suite tests all, and all enforce the limits of
/// <see cref="TableLimits"/>, which Azurite does not.
/// </summary>
/// <remarks>
/// Table names match [A-Za-z][A-Za-z0-9]{2,62}; a table is made when first written. Values are string (well-formed Unicode), bool, int, long, double, byte[] or
/// DateTimeOffset (given back in UTC). A breach of a limit (<see cref="TableLimitCheck"/>) is a <see cref="TableLimitException"/>; a store that can't be reached a
/// <see cref="StorageUnavailableException"/>, after which it is unknown whether a write landed.
/// </remarks>
public interface ITableStore
{
    /// <summary>One row; null where there is none.</summary>
    Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken);

    /// <summary>Rows of a table in order of (partition key, row key), ordinal.</summary>
    /// <param name="range">Which partition, or all, and which row keys.</param>
    IAsyncEnumerable<TableRow> QueryAsync(string table, TableRange range, CancellationToken cancellationToken);

    /// <summary>
    /// Does 1 to 100 changes of one partition, all or none, each row at most once.
    /// </summary>
    /// <returns>The new ETags in order (null for deletions), or null where a change's condition did not hold: then nothing changed.</returns>
    Task<IReadOnlyList<string?>?> SubmitAsync(string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken);
}

/// <summary>A stored row.</summary>
/// <param name="ETag">The version, to be given back in <see cref="TableChange.IfMatch"/>.</param>
/// <param name="Values">By property name; absent means absent, null never occurs.</param>
public sealed record TableRow(string PartitionKey, string RowKey, string ETag, IReadOnlyDictionary<string, object> Values);

/// <summary>Which rows to list: row keys from <paramref name="RowKeyFrom"/> up to, not including, <paramref name="RowKeyBefore"/>; null for open ends.</summary>
/// <param name="PartitionKey">One partition; null for the whole table.</param>
public readonly record struct TableRange(string? PartitionKey, string? RowKeyFrom = null, string? RowKeyBefore = null);

/// <summary>One change of one row.</summary>
/// <param name="RowKey">Which row, in the partition named by the call.</param>
/// <param name="Action">What to do.</param>
/// <param name="Values">The whole new row for <see cref="TableAction.Insert"/> and <see cref="TableAction.Replace"/>; ignored for deletions.</param>
/// <param name="IfMatch">For replace and delete: only over this ETag; null: whatever is there (replace then also inserts, delete of nothing is fine).</param>
public sealed record TableChange(string RowKey, TableAction Action, IReadOnlyDictionary<string, object> Values, string? IfMatch = null);

/// <summary>What a change does to its row.</summary>
public enum TableAction
{
    /// <summary>Add; the condition fails where the row exists.</summary>
    Insert,

    /// <summary>Put in place of what is there.</summary>
    Replace,

    /// <summary>Remove.</summary>
    Delete,
}
