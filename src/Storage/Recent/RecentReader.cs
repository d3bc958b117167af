using System.Collections.Concurrent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>The way to recent rows: opens a snapshot of what one project and kind has now.</summary>
/// <remarks>
/// What is known of files already seen is kept between calls, so opening costs a listing and a look at the new ones. One reader
/// serves a process; thread-safe.
/// </remarks>
/// <param name="cache">Holds decoded columns under its budget; may be shared with other readers.</param>
public sealed class RecentReader(IBlobStore blobs, ColumnCache cache) : IRowSnapshots
{
    readonly StoredRowFiles files = new(blobs, cache);
    readonly ConcurrentDictionary<(string ProjectId, string Kind), RecentTable> tables = [];

    /// <summary>The rows of all files that are there when this is called.</summary>
    /// <param name="kind">One of <see cref="RowLayout"/>'s kinds.</param>
    /// <exception cref="StorageUnavailableException">The store can't be reached.</exception>
    public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken) =>
        new(tables.GetOrAdd((projectId, kind), key => new(key.ProjectId, key.Kind, blobs, files, cache)).OpenAsync(cancellationToken));
}
