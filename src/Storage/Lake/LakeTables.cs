using System.Collections.Concurrent;
using Cairn.Storage.Delta;

namespace Cairn.Storage.Lake;

/// <summary>The Delta tables of all projects; one object of each, for each keeps the newest version it knows. One of these serves a process; thread-safe.</summary>
public sealed class LakeTables(IBlobStore blobs, TimeProvider clock, DeltaTableOptions? options = null)
{
    readonly ConcurrentDictionary<(string ProjectId, string Table), DeltaTable> tables = [];

    /// <summary>A table, whether it was made already or not.</summary>
    /// <param name="table">One of <see cref="LakeLayout"/>'s names.</param>
    public DeltaTable this[string projectId, string table] =>
        tables.GetOrAdd((projectId, table), key => new(blobs, LakeLayout.RootOf(key.ProjectId, key.Table), clock, options));

    /// <summary>Makes a table of rows where there is none, and gives its newest version.</summary>
    /// <param name="table">One of <see cref="LakeLayout.RowTables"/>.</param>
    public Task<DeltaSnapshot> CreateAsync(string projectId, string table, CancellationToken cancellationToken) =>
        this[projectId, table].CreateAsync(LakeSchema.First(table), [LakeLayout.Month], cancellationToken);
}
