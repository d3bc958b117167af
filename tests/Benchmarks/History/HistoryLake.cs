using System.Globalization;
using System.Text;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Disk.Tables;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Compaction;
using Cairn.Storage.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;

namespace Cairn.Benchmarks.History;

/// <summary>
/// A data folder whose events and profile updates went through compaction and its merges, with a batch of recent events and some links that are younger than every file. Made once
/// per size and kept under artifacts.
/// </summary>
static class HistoryLake
{
    /// <summary>Rows that wait for compaction, as many as a busy minute brings to a quiet lake.</summary>
    const int RecentEvents = 5_000;

    /// <summary>Pairs of users that are linked after all files were written.</summary>
    const int YoungLinks = 200;

    const int UpdatesPerFile = 20_000;

    /// <summary>When updates and recent events came: the bodies' 90 days are over.</summary>
    const long AfterMs = 1_775_020_000_000;

    public static int UsersOf(long events) => (int)(events / 40);

    /// <summary>A user as the bodies name them.</summary>
    public static string User(int number) => string.Create(CultureInfo.InvariantCulture, $"u{number:d9}");

    /// <summary>A user of the n-th young link.</summary>
    public static string LinkedUser(int link) => User((link % YoungLinks * 37) + 11);

    static string OtherOf(int link) => User((link * 37) + 12);

    public static async Task<string> FolderAsync(long events)
    {
        var folder = RepositoryFolder.Of("artifacts", "bench", $"history-{events}");
        if (Directory.Exists(folder)) return folder;
        var partial = folder + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        CompactPath.Copy(await CompactPath.RecentFolderAsync(events), partial);
        var blobs = new DiskBlobStore(partial, FileLayer.Real, TimeProvider.System);
        await StoreUpdatesAsync(blobs, UsersOf(events));
        // All at once and then as it is a day later, when every date is closed: what stays are files that the merges left.
        var limits = CompactionLimits.Default with { AppendAfter = TimeSpan.Zero };
        await CompactPath.CompactAsync(blobs, TimeProvider.System, limits);
        await CompactPath.CompactAsync(blobs, new CompactPath.LaterTime(TimeSpan.FromDays(1)), limits);
        foreach (var recent in Directory.EnumerateFiles(Path.Combine(partial, "recent"), "*.parquet", SearchOption.AllDirectories)) File.Delete(recent);
        await StoreYoungAsync(partial, blobs, UsersOf(events));
        Directory.Move(partial, folder);
        return folder;
    }

    static async Task StoreUpdatesAsync(DiskBlobStore blobs, int users)
    {
        for (var first = 0; first < users; first += UpdatesPerFile)
        {
            var rows = new RecentRowsBuilder(ItemKind.ProfileUpdate);
            var count = Math.Min(UpdatesPerFile, users - first);
            for (var i = 0; i < count; i++)
                rows.Add(Item(ItemKind.ProfileUpdate, User(first + i), first + i) with { Body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"set":{"plan":"pro","name":"Name {{{first + i}}}"}}""")) }, first + i, 0);
            await RecentWriter.WriteAsync(blobs, new(OneProject.Bench.ProjectId, RowLayout.ProfileUpdates, "bench", 0, first, first + count - 1), rows, default);
        }
    }

    internal static async Task StoreYoungAsync(string folder, DiskBlobStore blobs, int users)
    {
        var random = new Random(3);
        var events = new RecentRowsBuilder(ItemKind.Event);
        for (var i = 0; i < RecentEvents; i++)
        {
            var item = Item(ItemKind.Event, i < YoungLinks ? LinkedUser(i) : User(random.Next(users)), i);
            events.Add(item with { Name = "Page View"u8.ToArray(), Body = """{"plan":"pro","country":"US","page":"/p/1"}"""u8.ToArray(), InsertId = Encoding.UTF8.GetBytes($"young{i}") }, 1_000_000_000 + i, 0);
        }
        await RecentWriter.WriteAsync(blobs, new(OneProject.Bench.ProjectId, RowLayout.Events, "bench", 0, 1_000_000_000, 1_000_000_000 + RecentEvents - 1), events, default);

        var (claims, rows) = (new List<LinkClaim>(), new RecentRowsBuilder(ItemKind.LinkClaim));
        for (var link = 0; link < YoungLinks; link++)
        {
            var item = Item(ItemKind.LinkClaim, LinkedUser(link), link) with { LinkRule = LinkRule.ByHand, OtherId = Encoding.UTF8.GetBytes(OtherOf(link)) };
            rows.Add(item, link, 0);
            claims.Add(new(new(item.ReceivedAtMs, item.Id), item.LinkRule, LinkedUser(link), OtherOf(link)));
        }
        await RecentWriter.WriteAsync(blobs, new(OneProject.Bench.ProjectId, RowLayout.Identities, "bench", 0, 0, YoungLinks - 1), rows, default);
        await using var tables = new SqliteTableStore(Path.Combine(folder, "tables.db"));
        await new IdentityStore(tables, blobs).ApplyAsync(OneProject.Bench.ProjectId, claims, default);
    }

    static Item Item(ItemKind kind, string distinctId, int number) => new()
    {
        Kind = kind,
        Dialect = Dialect.Mixpanel,
        Id = new((ulong)kind << 32, 7, number),
        DistinctId = Encoding.UTF8.GetBytes(distinctId),
        ReceivedAtMs = AfterMs + number,
        TimeMs = AfterMs + number,
        SentTimeMs = AfterMs + number,
    };
}
