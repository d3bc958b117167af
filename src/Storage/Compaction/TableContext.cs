using Cairn.Model.Identity;
using Cairn.Storage.Delta;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>What all steps for one table work with.</summary>
sealed class TableContext(IBlobStore blobs, LakeTables tables, IPersonDirectory persons, IRowSnapshots rows, TimeProvider clock, CompactionLimits limits, CompactedProject project, string table)
{
    /// <summary>Footers and columns of the run; apart from the readers' cache, which must not make room for what is read once.</summary>
    const long CacheBytes = 16L << 20;

    readonly ColumnCache cache = new(CacheBytes);
    StoredRowFiles? recent;
    LakeFiles? lake;
    LakeWriter? writer;

    /// <summary>Whose rows are left out of appends; null: nobody's.</summary>
    public ErasureStore? Erasures { get; init; }

    public IBlobStore Blobs => blobs;

    public TimeProvider Clock => clock;

    public CompactionLimits Limits => limits;

    public CompactedProject Project => project;

    /// <summary>One of <see cref="LakeLayout.RowTables"/>.</summary>
    public string Table => table;

    public DeltaTable Delta => tables[project.Id, table];

    public DateTimeOffset Now => clock.GetUtcNow();

    public StoredRowFiles Recent => recent ??= new(blobs, cache);

    public LakeFiles Lake => lake ??= new(blobs, cache);

    public LakeWriter Writer => writer ??= new(blobs, clock, limits.Files);

    /// <summary>Whether rows have a person, who may become another.</summary>
    public bool HasPersons => table is RowLayout.Events or RowLayout.ProfileUpdates;

    public Task<DeltaSnapshot> CreateAsync(CancellationToken cancellationToken) => tables.CreateAsync(project.Id, table, cancellationToken);

    /// <summary>Who is one person by the links known now; nobody is asked where rows have none.</summary>
    public async ValueTask<PersonMap> PersonsAsync(CancellationToken cancellationToken) =>
        HasPersons ? await persons.ReadAsync(project.Id, project.Mode, cancellationToken) : PersonMap.Empty(project.Mode);

    /// <summary>Some files of a version, all of their rows live.</summary>
    public IReadOnlyList<RowFile> Open(DeltaSnapshot version, IEnumerable<string> paths)
    {
        var open = Lake.Opener(version, LakeSchema.Of(table, version.Schema));
        return [.. paths.Select(path => open(LakeFile.Of(version, version.Files[path])))];
    }

    /// <summary>Which duplicate keys a file of the table may hold.</summary>
    public ValueTask<KeyFilter?> KeysAsync(string path, CancellationToken cancellationToken) => new KeyFilters(blobs, cache).ReadAsync(Delta.Root, path, cancellationToken);

    /// <summary>Names the claims that are known.</summary>
    public async ValueTask<string> LinksAsync(CancellationToken cancellationToken) =>
        (await KnownRows.ReadAsync(tables, rows, project.Id, [RowLayout.Identities], project.Mode.ToString(), cancellationToken)).Name;

    /// <summary>Writes files that <see cref="CommitAsync"/> then adds or drops.</summary>
    public async Task<LakeWrite> WriteAsync(DeltaSnapshot basis, IReadOnlyList<RowFile> sources, LakeSplit split, CancellationToken cancellationToken) =>
        await Writer.WriteAsync(basis, table, sources, split, await PersonsAsync(cancellationToken), cancellationToken);

    /// <summary>Rows from which on a step's memory is worth a collection.</summary>
    const long CollectFromRows = 50_000;

    /// <summary>Lets the collector know that a step's arrays are garbage: left to itself it waits until as much again is held, while the app does other things in the same process.</summary>
    /// <remarks>In the background, so that no request waits for it.</remarks>
    public static void GiveBack(long rows)
    {
        if (rows >= CollectFromRows) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    /// <summary>Commits a change, or drops the files written for it.</summary>
    /// <returns>The version that holds it; null where the table has moved meanwhile.</returns>
    public Task<DeltaSnapshot?> CommitAsync(DeltaSnapshot basis, DeltaCommit commit, CancellationToken cancellationToken) => TableChange.CommitAsync(
        Delta, basis, commit with { NeedsBasisUnchanged = true }, blobs, file => [$"{Delta.Root}/{file.Path}", LakeLayout.KeysOf(Delta.Root, file.Path)], cancellationToken);
}
