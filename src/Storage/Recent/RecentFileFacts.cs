namespace Cairn.Storage.Recent;

/// <summary>What a recent file's name and footer say. Never changes, as the file does not.</summary>
public sealed class RecentFileFacts
{
    readonly RecentSchema schema;

    /// <param name="name">The blob's name.</param>
    /// <param name="schema">The columns in the order stored.</param>
    /// <param name="columns">Who reads them.</param>
    public RecentFileFacts(string name, int rowCount, IReadOnlyList<RecentColumnInfo> schema, IRecentColumns columns)
        : this(name, rowCount, new RecentSchema(schema), columns)
    {
    }

    internal RecentFileFacts(string name, int rowCount, RecentSchema schema, IRecentColumns columns)
    {
        Name = name;
        RowCount = rowCount;
        this.schema = schema;
        Columns = columns;
    }

    public string Name { get; }
    public int RowCount { get; }

    /// <summary>The columns in the order stored.</summary>
    public IReadOnlyList<RecentColumnInfo> Schema => schema.Columns;

    /// <summary>Smallest and largest event time in the file (receipt, for kinds without a time), Unix milliseconds, ends included.</summary>
    public long MinTimeMs { get; init; }
    public long MaxTimeMs { get; init; }

    /// <summary>Smallest and largest receipt in the file, Unix milliseconds, ends included.</summary>
    public long MinReceivedAtMs { get; init; }
    public long MaxReceivedAtMs { get; init; }

    /// <summary>Bytes of the stored file; 0 where it is in memory only.</summary>
    public long StoredBytes { get; init; }

    internal IRecentColumns Columns { get; }

    /// <summary>A column's type; false where there is no such column.</summary>
    public bool TryFind(string column, out RecentColumnType type) => schema.TryFind(column, out type);
}

/// <summary>Reads columns of recent files: from stored Parquet through the cache, or from memory in tests of the readers.</summary>
public interface IRecentColumns
{
    /// <summary>One column, whole; null where the file has none of this name.</summary>
    ValueTask<RecentColumn?> ReadAsync(RecentFileFacts file, string column, CancellationToken cancellationToken);
}
