using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;

namespace Cairn.Support.Lake;

/// <summary>One project whose rows come as recent files and move into the lake when a test says so.</summary>
public sealed class LakeWorld
{
    public const string ProjectId = "p1", StreamId = "hub";

    readonly string projectId;
    readonly IBlobStore blobs;
    readonly TimeProvider clock;
    long lastSeq = 99;

    public LakeWorld(IBlobStore? blobs = null, TimeProvider? clock = null, LakeWriterOptions? options = null, DeltaTableOptions? tableOptions = null, string projectId = ProjectId)
    {
        this.projectId = projectId;
        this.clock = clock ?? TimeProvider.System;
        this.blobs = blobs ?? new InMemoryBlobStore(this.clock);
        Tables = new(this.blobs, this.clock, tableOptions);
        Cache = new(1 << 24);
        Recent = new(this.blobs, Cache);
        Files = new(this.blobs, Cache);
        Snapshots = new(this.blobs, Cache, Tables);
        Writer = new(this.blobs, this.clock, options);
    }

    public IBlobStore Blobs => blobs;
    public ColumnCache Cache { get; }
    public LakeTables Tables { get; }
    public RecentReader Recent { get; }
    public LakeFiles Files { get; }
    public LakeSnapshots Snapshots { get; }
    public LakeWriter Writer { get; }

    /// <summary>Links known when files are written.</summary>
    public PersonMap Persons { get; set; } = PersonMap.Empty(IdentityMode.Simplified);

    /// <summary>Stores items as one recent file, a message each.</summary>
    /// <returns>The file's name, and the places of its first and last message in it.</returns>
    public async Task<RecentFileName> StoreAsync(ItemKind kind, IEnumerable<Item> items, int partition = 0)
    {
        var rows = new RecentRowsBuilder(kind);
        var first = lastSeq + 1;
        foreach (var item in items) rows.Add(item, ++lastSeq, 0);
        var name = new RecentFileName(projectId, TableOf(kind), StreamId, partition, first, lastSeq);
        await RecentWriter.WriteAsync(blobs, name, rows, default);
        return name;
    }

    /// <summary>Writes files' live rows and commits them, with the stream's place where it is given.</summary>
    /// <param name="removes">Files of the table that the new ones take the place of.</param>
    public async Task<DeltaSnapshot> CommitAsync(string table, IReadOnlyList<RowFile> sources, LakeSplit split, long? place = null, IReadOnlyList<string>? removes = null, int partition = 0)
    {
        var basis = await Tables.CreateAsync(projectId, table, default);
        var write = await Writer.WriteAsync(basis, table, sources, split, Persons, default);
        var outcome = await Tables[projectId, table].CommitAsync(basis, new DeltaCommit
        {
            Operation = removes is null ? "WRITE" : "OPTIMIZE",
            Adds = write.Adds,
            Removes = [.. removes ?? []],
            Metadata = write.Metadata,
            Places = place is { } seq ? [new(LakeLayout.AppIdOf(StreamId, partition), seq)] : [],
            DataChange = removes is null,
        }, default);
        return outcome is DeltaOutcome.Committed committed ? committed.Snapshot : throw new InvalidOperationException($"{outcome}");
    }

    /// <summary>A reader that has seen nothing yet.</summary>
    public LakeSnapshots NewReader() => new(blobs, new(1 << 24), new(blobs, clock));

    /// <summary>Compaction's append: the recent rows of one partition up to a place move into the table.</summary>
    public async Task<DeltaSnapshot> MoveAsync(string table, int partition, long upTo, LakeSplit split = LakeSplit.ByDate)
    {
        await Tables.CreateAsync(projectId, table, default);
        var view = await Snapshots.OpenViewAsync(projectId, table, default);
        var sources = new List<RowFile>();
        foreach (var file in view.Recent.Where(file => file.Name.Partition == partition && file.Name.FirstSeq <= upTo))
        {
            var seqs = (await file.Rows.ReadInt64Async(RowLayout.Seq, default))!;
            sources.Add(file.Rows with { Live = file.Rows.Live.Without(Enumerable.Range(0, file.Rows.RowCount).Where(row => file.Rows.Live[row] && seqs.Values[row] > upTo)) });
        }
        return await CommitAsync(table, sources, split, upTo, partition: partition);
    }

    /// <summary>Compaction's merge: some files of a table become others.</summary>
    public async Task<DeltaSnapshot> MergeAsync(string table, Func<LakeRows, bool> isMerged, LakeSplit split = LakeSplit.ByMonth)
    {
        var merged = (await Snapshots.OpenViewAsync(projectId, table, default)).Version!.Files.Where(isMerged).ToList();
        return await CommitAsync(table, [.. merged.Select(file => file.Rows)], split, removes: [.. merged.Select(file => file.File.Path)]);
    }

    /// <summary>All recent rows into the lake.</summary>
    public async Task<DeltaSnapshot> AppendAsync(string table, LakeSplit split = LakeSplit.ByDate) =>
        await CommitAsync(table, (await Recent.OpenAsync(projectId, table, default)).Files, split, lastSeq);

    /// <summary>All files of a version, as rows.</summary>
    public IReadOnlyList<RowFile> Open(DeltaSnapshot version, string table) => Files.OpenAll(version, LakeSchema.Of(table, version.Schema));

    public static string TableOf(ItemKind kind) => kind switch
    {
        ItemKind.Event => RowLayout.Events,
        ItemKind.ProfileUpdate => RowLayout.ProfileUpdates,
        ItemKind.GroupUpdate => RowLayout.GroupUpdates,
        ItemKind.LinkClaim => RowLayout.Identities,
    };
}
