using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Query.Cohorts;
using Cairn.Query.Scanning;
using Cairn.Storage.Compaction;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>
/// A data folder with the events and profile updates of the bench, by the path that all rows take: stored as recent files, taken into the lake by
/// compaction, merged as they are a day later, when recent files go as well. Made once per size and kept under artifacts.
/// </summary>
static class BenchLake
{
    /// <summary>Later than any reader may still need a recent file.</summary>
    static readonly TimeSpan SettledAfter = TimeSpan.FromDays(60);

    /// <summary>The folder, with the tables under <c>lake/</c>.</summary>
    public static async Task<string> FolderAsync(int events)
    {
        var folder = RepositoryFolder.Of("artifacts", "bench", $"compacted-{events}");
        if (Directory.Exists(folder)) return folder;
        var partial = folder + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        var blobs = new DiskBlobStore(partial, FileLayer.Real, TimeProvider.System);
        await BenchRows.StoreAsync(blobs, events);
        var limits = CompactionLimits.Default with { AppendAfter = TimeSpan.Zero };
        foreach (var later in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromDays(1), SettledAfter])
            await CompactPath.CompactAsync(blobs, new CompactPath.LaterTime(later), limits);
        Directory.Move(partial, folder);
        return folder;
    }

    /// <summary>The lake and its people, read through a cache as the app reads them.</summary>
    /// <param name="cohorts">Those that questions name; null: none.</param>
    public static async Task<ReportReader> OpenAsync(int events, ColumnCache cache, ICohortDirectory? cohorts = null)
    {
        var blobs = new DiskBlobStore(await FolderAsync(events), FileLayer.Real, TimeProvider.System);
        var rows = new LakeSnapshots(blobs, cache, new LakeTables(blobs, TimeProvider.System));
        var people = new DirectoryPeople(new PersonDirectory(rows), new ProfileDirectory(rows));
        return new(new StoredEvents(rows), people, cache, cohorts is null ? null : new NamedCohorts(cohorts, TimeProvider.System));
    }
}
