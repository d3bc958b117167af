using System.Collections.Concurrent;
using Cairn.Storage.Delta;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>All rows of a project and kind, each once: those that the lake has, and the recent ones that it has not taken yet.</summary>
/// <remarks>
/// Recent files are listed first, then a version of the table is taken; recent rows at or below its places stand in it, and are left out, and so are those of which
/// it has a copy (by the dialect's rule). Nothing of the lake's files is read at open but the filters of those that may hold a copy. One reader serves a
/// process; thread-safe.
/// </remarks>
/// <param name="cache">Holds decoded columns under its budget; may be shared with other readers.</param>
public sealed class LakeSnapshots(IBlobStore blobs, ColumnCache cache, LakeTables tables) : IRowSnapshots
{
    readonly StoredRowFiles recentFiles = new(blobs, cache);
    readonly LakeFiles lakeFiles = new(blobs, cache);
    readonly KeyFilters filters = new(blobs, cache);
    readonly ConcurrentDictionary<(string ProjectId, string Kind), Source> sources = [];

    public async ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken) =>
        (await OpenViewAsync(projectId, kind, cancellationToken)).Rows;

    /// <summary>The same, and what it is made of: what compaction works from.</summary>
    public ValueTask<LakeView> OpenViewAsync(string projectId, string kind, CancellationToken cancellationToken) => new(sources
        .GetOrAdd((projectId, kind), key => new(
            tables[key.ProjectId, key.Kind], key.ProjectId, key.Kind, new(key.ProjectId, key.Kind, blobs, recentFiles, cache), lakeFiles, new(key.Kind, filters), cache))
        .OpenAsync(cancellationToken));

    sealed class Source(DeltaTable table, string projectId, string kind, RecentTable recent, LakeFiles files, KeyLookup lookup, ColumnCache cache)
    {
        LakeVersion? version;
        LakeView? view;

        public async Task<LakeView> OpenAsync(CancellationToken cancellationToken)
        {
            var (recentFiles, passed) = await recent.OpenAsync(ReadVersionAsync, cancellationToken);
            if (Volatile.Read(ref view) is { } known && ReferenceEquals(known.Passed, passed) && ReferenceEquals(known.Known, recentFiles)) return known;
            var opened = new LakeView(projectId, kind, recentFiles, passed);
            Volatile.Write(ref view, opened);
            return opened;
        }

        /// <remarks>Called by one refresh at a time.</remarks>
        async ValueTask<IPassedRows> ReadVersionAsync(CancellationToken cancellationToken)
        {
            if (await table.ReadAsync(cancellationToken) is not { } delta) return NothingPassed.Instance;
            if (version?.Delta.Version == delta.Version) return version;
            var before = version;
            version = LakeVersion.Of(kind, delta, files, lookup, before);
            // What merges replaced is asked for no more, but by who still reads the version before.
            var gone = before?.Files.Where(file => !delta.Files.ContainsKey(file.File.Path)).Select(file => file.Rows.Name).ToHashSet(StringComparer.Ordinal);
            if (gone is { Count: > 0 }) cache.Forget(gone);
            return version;
        }
    }
}

/// <summary>All rows of a project and kind at one moment, and what they are made of. Never changes.</summary>
public sealed class LakeView
{
    internal LakeView(string projectId, string kind, IReadOnlyList<KnownFile> known, IPassedRows passed)
    {
        (Known, Passed) = (known, passed);
        Version = passed as LakeVersion;
        Recent = [.. known.Select(file => new RecentRows(file.Name, file.Rows))];
        Rows = new(projectId, kind, [.. Version?.Files.Select(file => file.Rows) ?? [], .. Recent.Select(file => file.Rows)]);
    }

    /// <summary>The table; null where nothing was ever committed to it.</summary>
    public LakeVersion? Version { get; }

    /// <summary>
    /// Recent files with messages past the table's places, by stream, partition and place; live are the rows that neither the table has, nor another of these files.
    /// </summary>
    public IReadOnlyList<RecentRows> Recent { get; }

    /// <summary>All of it as one.</summary>
    public RowSnapshot Rows { get; }

    internal IReadOnlyList<KnownFile> Known { get; }

    internal IPassedRows Passed { get; }
}

/// <summary>A recent file, and those of its rows that count.</summary>
public sealed record RecentRows(RecentFileName Name, RowFile Rows);
