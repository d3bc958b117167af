using System.IO.Compression;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Lake;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>
/// Lakes that stay as they are, log, checkpoint, data files and filters: whatever we change, our reader, ClickHouse and DuckDB see the rows that were written, which lie beside as text, a row a line.
/// A new version of our bytes gets a new lake: run the tests with CAIRN_WRITE_GOLDEN=1 and commit what is new.
/// </summary>
public sealed class A_golden_lake : IDisposable
{
    const string Newest = "cairn-1";

    /// <summary>Enough for merges, rewrites, odd columns and a checkpoint.</summary>
    const int Commits = 16;

    static readonly string Folder = RepositoryFolder.Of("tests", "Golden", "lake");

    readonly TemporaryFolder copy = new();

    public void Dispose() => copy.Dispose();

    [Theory]
    [InlineData(Newest)]
    public async Task Is_seen_as_it_was_written_by_everybody(string name)
    {
        await WriteAsync(name);
        ZipFile.ExtractToDirectory(Path.Combine(Folder, $"{name}.zip"), copy.FullPath);
        var world = new LakeWorld(new DiskBlobStore(copy.FullPath, FileLayer.Real, TimeProvider.System));
        var version = (await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Version!;
        var columns = version.Delta.Schema.Columns;
        var expected = await File.ReadAllLinesAsync(Path.Combine(Folder, $"{name}.txt"));
        Assert.True(version.Delta.CheckpointVersion > 0);
        Assert.Equal(expected, Lines(string.Join('|', columns.Select(column => column.Name)), await EngineRows.OursAsync(version, columns)));

        var clickHouse = await Judge.ClickHouse.AskAsync(EngineRows.ClickHouse(columns, $"deltaLakeLocal('{copy[version.Delta.Root]}')"));
        Assert.Equal(expected[1..], Lines("", EngineRows.Of(columns, clickHouse))[1..]);
        var stored = columns.Where(column => version.Files.Any(file => file.File.Has(column))).ToList();
        var duckDb = await Judge.DuckDb.AskAsync(EngineRows.DuckDb(stored, version.Files.Select(file => copy[file.Rows.Name])));
        Assert.Equal(await EngineRows.OursAsync(version, stored), EngineRows.Of(stored, duckDb));

        // Each row's key is in the filter beside its file: what was sent before is found again.
        foreach (var file in version.Files)
            Assert.NotNull(await new KeyFilters(world.Blobs, world.Cache).ReadAsync(version.Delta.Root, file.File.Path, default));
    }

    static async Task WriteAsync(string name)
    {
        var zip = Path.Combine(Folder, $"{name}.zip");
        if (name != Newest || File.Exists(zip) || Environment.GetEnvironmentVariable("CAIRN_WRITE_GOLDEN") != "1") return;
        using var written = new TemporaryFolder();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 20, 12, 0, 0, TimeSpan.Zero));
        var version = await new LakeStory(new DiskBlobStore(written.FullPath, FileLayer.Real, clock), clock, seed: 1).TellAsync(ItemKind.Event, Commits);
        Directory.Delete(written["recent"], recursive: true);
        foreach (var removed in version.Delta.Tombstones.Keys) File.Delete(written[$"{version.Delta.Root}/{removed}"]);
        ZipFile.CreateFromDirectory(written.FullPath, zip);
        var columns = version.Delta.Schema.Columns;
        await File.WriteAllLinesAsync(Path.Combine(Folder, $"{name}.txt"), Lines(string.Join('|', columns.Select(column => column.Name)), await EngineRows.OursAsync(version, columns)));
    }

    /// <summary>A head and rows, each on a line of its own.</summary>
    static string[] Lines(string head, IEnumerable<string> rows) =>
        [.. rows.Prepend(head).Select(row => row.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal))];
}
