using Cairn.Storage.Parquet;

namespace Cairn.Storage.Rows;

/// <summary>What a file's name and footer say. Never changes, as the file does not.</summary>
public sealed class RowFileFacts
{
    readonly RowSchema schema;

    /// <param name="name">The blob's name.</param>
    /// <param name="schema">The columns in the order stored.</param>
    /// <param name="columns">Who reads them.</param>
    public RowFileFacts(string name, int rowCount, IReadOnlyList<StoredColumnInfo> schema, IRowColumns columns)
        : this(name, rowCount, new RowSchema(schema), columns)
    {
    }

    internal RowFileFacts(string name, int rowCount, RowSchema schema, IRowColumns columns)
    {
        Name = name;
        RowCount = rowCount;
        this.schema = schema;
        Columns = columns;
    }

    public string Name { get; }
    public int RowCount { get; }

    /// <summary>The columns in the order stored.</summary>
    public IReadOnlyList<StoredColumnInfo> Schema => schema.Columns;

    /// <summary>Smallest and largest event time in the file (receipt, for kinds without a time), Unix milliseconds, ends included.</summary>
    public long MinTimeMs { get; init; }
    public long MaxTimeMs { get; init; }

    /// <summary>Smallest and largest receipt in the file, Unix milliseconds, ends included.</summary>
    public long MinReceivedAtMs { get; init; }
    public long MaxReceivedAtMs { get; init; }

    /// <summary>
    /// Whether rows stand by hash of their person (by the ids as sent and the links known when it was written), person, time, then event name, insert id and
    /// item id as bytes of UTF-8: so are the lake's.
    /// </summary>
    public bool IsSortedByPerson { get; init; }

    /// <summary>The smallest and the largest hash of the persons that rows stand under, both included; null where nobody knows without reading.</summary>
    public (ulong First, ulong Last)? Persons { get; init; }

    /// <summary>Bytes of the stored file; 0 where it is in memory only.</summary>
    public long StoredBytes { get; init; }

    internal IRowColumns Columns { get; }

    /// <summary>A column's type; false where there is no such column.</summary>
    public bool TryFind(string column, out StoredColumnType type) => schema.TryFind(column, out type);
}

/// <summary>Reads columns of files of rows: from stored Parquet through the cache, or from memory in tests of the readers.</summary>
public interface IRowColumns
{
    /// <summary>One column, whole; null where the file has none of this name.</summary>
    ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken);

    /// <summary>The same, for who makes something else of it and keeps that: it is not kept for others.</summary>
    ValueTask<StoredColumn?> ReadOnceAsync(RowFileFacts file, string column, CancellationToken cancellationToken) => ReadAsync(file, column, cancellationToken);

    /// <summary>One column at some rows, ascending; it is not kept for others.</summary>
    async ValueTask<StoredColumn?> ReadRowsAsync(RowFileFacts file, string column, int[] rows, CancellationToken cancellationToken) =>
        await ReadOnceAsync(file, column, cancellationToken) is { } read ? PickedColumn.Of(read, rows) : null;
}

/// <summary>Rows that stand in Parquet files, for who goes through them row group by row group.</summary>
interface IStoredRows : IRowColumns
{
    /// <exception cref="RowFileGoneException">The file was deleted.</exception>
    ValueTask<ParquetReader> ReaderAsync(RowFileFacts file, CancellationToken cancellationToken);

    /// <summary>What files call a column; null where no file has it.</summary>
    string? StoredNameOf(string column);
}
