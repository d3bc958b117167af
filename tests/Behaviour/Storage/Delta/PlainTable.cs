using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Storage.Delta;

/// <summary>A table in memory whose data files are a few bytes: for tests of the log alone.</summary>
sealed class PlainTable
{
    public const string Root = "lake/3f/events";

    int lastFile;

    public PlainTable(DeltaTableOptions? options = null)
    {
        Options = options ?? new DeltaTableOptions { CheckpointInterval = 10 };
        Blobs = new InMemoryBlobStore(Clock);
        Store = new FaultyBlobStore(Blobs);
        Store.Decide = (call, name) =>
        {
            Calls.Add((call, name));
            return Fault(call, name);
        };
        Table = Another();
    }

    public DeltaTableOptions Options { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    public InMemoryBlobStore Blobs { get; }

    public FaultyBlobStore Store { get; }

    /// <summary>What was asked of the store.</summary>
    public List<(BlobCall Call, string Name)> Calls { get; } = [];

    public Func<BlobCall, string, BlobFault> Fault { get; set; } = (_, _) => BlobFault.None;

    public DeltaTable Table { get; }

    /// <summary>Another process's view of the same table, which has read nothing yet.</summary>
    public DeltaTable Another() => new(Store, Root, Clock, Options);

    public Task<DeltaSnapshot> CreateAsync() =>
        Table.CreateAsync(DeltaSchema.Of(new("id", DeltaType.Long, Nullable: false), new("month", DeltaType.String)), ["month"], default);

    public async Task<DeltaSnapshot> ReadAsync() => (await Table.ReadAsync(default))!;

    /// <summary>Writes a file that a commit may add.</summary>
    public async Task<DeltaFile> FileAsync(DeltaSnapshot basis)
    {
        var path = $"month=2026-03/{++lastFile:D7}.parquet";
        await Blobs.PutAsync($"{Root}/{path}", new byte[] { 1, 2, 3 }, PutCondition.IfAbsent, default);
        return DeltaFile.Of(path, 3, Clock.GetUtcNow(), DeltaStatistics.Of(1), (basis.Schema.Find("month")!, "2026-03"));
    }

    /// <summary>Rows of a stream up to a seq.</summary>
    public async Task<DeltaCommit> AppendAsync(DeltaSnapshot basis, string stream, long seq) =>
        new() { Operation = "WRITE", Adds = [await FileAsync(basis)], Places = [new(stream, seq)] };

    /// <summary>Files made one.</summary>
    public async Task<DeltaCommit> RewriteAsync(DeltaSnapshot basis, params string[] paths) =>
        new() { Operation = "OPTIMIZE", Adds = [await FileAsync(basis)], Removes = [.. paths], DataChange = false };

    /// <summary>Many commits that leave the table small: each appends a file, every fourth makes all files one.</summary>
    public async Task CommitManyAsync(int count, TimeSpan apart)
    {
        var basis = await ReadAsync();
        for (var i = 0; i < count; i++)
        {
            Clock.Advance(apart);
            var commit = basis.Files.Count > 3 ? await RewriteAsync(basis, [.. basis.Files.Keys]) : await AppendAsync(basis, "stream-0", basis.Version + 1);
            if (await Table.CommitAsync(basis, commit, default) is not DeltaOutcome.Committed committed) throw new InvalidOperationException($"commit {i} failed");
            basis = committed.Snapshot;
            if (i % 1000 == 999) await Table.VacuumAsync(default);
        }
    }

    public static string Entry(long version) => $"{Root}/_delta_log/{version:D20}.json";

    /// <summary>A snapshot as text: equal where the states are.</summary>
    public static string Text(DeltaSnapshot snapshot) => string.Join('\n',
    [
        $"{snapshot.Version} {snapshot.Protocol} {snapshot.Metadata.Id} {snapshot.Metadata.CreatedAtMs} by {string.Join(',', snapshot.Metadata.PartitionColumns)} with {string.Join(',', snapshot.Metadata.Configuration)}",
        .. snapshot.Schema.Columns.Select(column => $"{column.FieldId} {column.Name} {column.Type} {column.PhysicalName} {column.Nullable} {string.Join(',', column.Notes)}"),
        .. snapshot.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{file.Path} {file.SizeBytes} {file.ModifiedAtMs} {string.Join(',', file.PartitionValues)} {file.Statistics?.Json} {string.Join(',', file.Tags)}"),
        .. snapshot.Tombstones.Values.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"gone {file.Path} {file.DeletedAtMs} {file.SizeBytes} {string.Join(',', file.PartitionValues)}"),
        .. snapshot.Places.Values.OrderBy(place => place.AppId, StringComparer.Ordinal).Select(place => place.ToString()),
    ]);
}
