using System.Collections.Concurrent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>The way to recent rows alone: opens a snapshot of all recent files of one project and kind, whether the lake has their rows or not.</summary>
/// <remarks>
/// What is known of files already seen is kept between calls, so opening costs a listing and a look at the new ones. One reader
/// serves a process; thread-safe.
/// </remarks>
/// <param name="cache">Holds decoded columns under its budget; may be shared with other readers.</param>
public sealed class RecentReader(IBlobStore blobs, ColumnCache cache) : IRowSnapshots
{
    readonly StoredRowFiles files = new(blobs, cache);
    readonly ConcurrentDictionary<(string ProjectId, string Kind), RecentTable> tables = [];
    readonly ConcurrentDictionary<(string ProjectId, string Kind), (IReadOnlyList<KnownFile> Files, RowSnapshot Snapshot)> snapshots = [];

    /// <summary>The rows of all files that are there when this is called.</summary>
    /// <param name="kind">One of <see cref="RowLayout"/>'s kinds.</param>
    /// <exception cref="StorageUnavailableException">The store can't be reached.</exception>
    public async ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        var table = tables.GetOrAdd((projectId, kind), key => new(key.ProjectId, key.Kind, blobs, files, cache));
        var (known, _) = await table.OpenAsync(_ => new ValueTask<NothingPassed>(NothingPassed.Instance), cancellationToken);
        if (snapshots.TryGetValue((projectId, kind), out var last) && ReferenceEquals(last.Files, known)) return last.Snapshot;
        var snapshot = new RowSnapshot(projectId, kind, [.. known.Select(file => file.Rows)]);
        snapshots[(projectId, kind)] = (known, snapshot);
        return snapshot;
    }
}
