using Cairn.Storage.Recent;

namespace Cairn.Storage.Rows;

/// <summary>
/// The rows of one project and kind at one moment, of the lake and recent ones: which files there are, and which of their rows count. Later files and
/// later-found duplicates change later snapshots, never this one.
/// </summary>
public sealed class RowSnapshot
{
    /// <summary>A snapshot of these files; made by <see cref="IRowSnapshots"/>, and by tests from files in memory.</summary>
    public RowSnapshot(string projectId, string kind, IReadOnlyList<RowFile> files)
    {
        ProjectId = projectId;
        Kind = kind;
        Files = files;
        foreach (var file in files)
        {
            RowCount += file.Live.Count;
            ReceivedUpToMs = Math.Max(ReceivedUpToMs, file.Facts.MaxReceivedAtMs);
        }
    }

    public string ProjectId { get; }

    /// <summary>One of <see cref="RowLayout"/>'s kinds.</summary>
    public string Kind { get; }

    /// <summary>Those of the lake by path, then recent ones by stream, partition and place; files without a live row included.</summary>
    public IReadOnlyList<RowFile> Files { get; }

    /// <summary>How many requests for erasure it heeds: what was folded from an earlier number of them is folded anew.</summary>
    public int ErasureRequests { get; init; }

    /// <summary>Rows that count: each place once, duplicates left out.</summary>
    public long RowCount { get; }

    /// <summary>The youngest receipt in it, Unix milliseconds: data up to when. 0 where there is nothing.</summary>
    public long ReceivedUpToMs { get; }
}

/// <summary>One file of rows as a snapshot sees it.</summary>
/// <param name="Facts">What never changes about it.</param>
/// <param name="Live">
/// The rows that count in this snapshot: not those another file already brought (same place), not duplicates.
/// </param>
public sealed record RowFile(RowFileFacts Facts, RowSet Live)
{
    public string Name => Facts.Name;

    /// <summary>Rows stored, live or not; the length of every column.</summary>
    public int RowCount => Facts.RowCount;

    /// <summary>Whether a column is there at all; a property no row of the file has is not.</summary>
    public bool Has(string column) => Facts.TryFind(column, out _);

    /// <summary>Reads one column whole, from the cache where it is there; null where the file has no such column.</summary>
    /// <exception cref="RowFileGoneException">Compaction or erasure took the file away: open a new snapshot.</exception>
    public ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) =>
        Facts.Columns.ReadAsync(Facts, column, cancellationToken);

    /// <summary>The same, for who makes something else of it and keeps that: it is not kept for others.</summary>
    public ValueTask<StoredColumn?> ReadOnceAsync(string column, CancellationToken cancellationToken) =>
        Facts.Columns.ReadOnceAsync(Facts, column, cancellationToken);

    /// <summary>Reads one column at some rows, ascending, and of the file only what holds them; it is not kept for others.</summary>
    public ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken) =>
        Facts.Columns.ReadRowsAsync(Facts, column, rows, cancellationToken);

    /// <summary>Reads a column of texts; null where the file has none of this name.</summary>
    public async ValueTask<TextColumn?> ReadTextAsync(string column, CancellationToken cancellationToken) =>
        (TextColumn?)await ReadAsync(column, cancellationToken);

    /// <summary>Reads a column of integers; null where the file has none of this name.</summary>
    public async ValueTask<Int64Column?> ReadInt64Async(string column, CancellationToken cancellationToken) =>
        (Int64Column?)await ReadAsync(column, cancellationToken);

    /// <summary>Reads a column of doubles; null where the file has none of this name.</summary>
    public async ValueTask<DoubleColumn?> ReadDoubleAsync(string column, CancellationToken cancellationToken) =>
        (DoubleColumn?)await ReadAsync(column, cancellationToken);

    /// <summary>Reads a column of booleans; null where the file has none of this name.</summary>
    public async ValueTask<BooleanColumn?> ReadBooleanAsync(string column, CancellationToken cancellationToken) =>
        (BooleanColumn?)await ReadAsync(column, cancellationToken);
}

/// <summary>A file of a snapshot is there no more; a snapshot opened now will do without it.</summary>
public sealed class RowFileGoneException(string name) : Exception($"{name} is gone")
{
    public string Name => name;
}
