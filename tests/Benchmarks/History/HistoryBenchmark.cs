using System.Diagnostics;
using System.Globalization;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Disk.Tables;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Cairn.Query.Scanning;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using NodaTime;

namespace Cairn.Benchmarks.History;

/// <summary>One person's history out of many events, with nothing cached: a new reader each time, and the files out of the system's memory.</summary>
sealed class HistoryBenchmark : IBenchmark
{
    const int PageEntries = 1_000;

    public string Name => "history";

    public string Says => "one person's events and profile changes out of a compacted lake with some recent rows, nothing cached, files not in the system's memory either; baseline: the same again in the same process; [events=20000000] [persons=60]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 20_000_000;
        var count = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 60;
        var folder = await HistoryLake.FolderAsync(events);
        var blobs = new DiskBlobStore(folder, FileLayer.Real, TimeProvider.System);
        await DescribeAsync(blobs, report);

        var random = new Random(7);
        var users = HistoryLake.UsersOf(events);
        var asked = Enumerable.Range(0, count).Select(i => i % 3 == 0 ? HistoryLake.LinkedUser(i / 3) : HistoryLake.User((int)(Math.Pow(random.NextDouble(), 1.6) * users))).ToList();
        // Code is compiled, and compiled again once it is hot, once a process: the first look-ups are not measured.
        for (var round = 0; round < 2; round++)
            foreach (var id in asked) await LookUpAsync(folder, id, evicts: false);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        var (cold, warm) = (new List<LookUp>(), new List<LookUp>());
        foreach (var id in asked) cold.Add(await LookUpAsync(folder, id, evicts: true));
        var kept = new Reader(folder);
        foreach (var id in asked) await kept.LookUpAsync(id);
        foreach (var id in asked) warm.Add(await kept.LookUpAsync(id));
        kept.Dispose();
        Say(report, "nothing cached", cold);
        Say(report, "the same again", warm);
        if (cold.Zip(warm).FirstOrDefault(pair => pair.First.Entries != pair.Second.Entries) is { First: not null } other) throw new InvalidOperationException($"{other.First} against {other.Second}");
        var wrong = cold.Where((look, i) => i % 3 == 0 && look.Ids < 2).ToList();
        if (wrong.Count > 0) throw new InvalidOperationException($"{wrong.Count} persons lack their young link");
    }

    static async Task DescribeAsync(DiskBlobStore blobs, TextWriter report)
    {
        var view = await new LakeSnapshots(blobs, new ColumnCache(64L << 20), new LakeTables(blobs, TimeProvider.System)).OpenViewAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{view.Rows.RowCount:N0} events, {view.Recent.Sum(file => (long)file.Rows.Live.Count):N0} of them recent; the others in {view.Version!.Files.Count} files of {view.Version.Files.Sum(file => file.File.File.SizeBytes) / 1048576.0:F0} MiB"));
    }

    static async Task<LookUp> LookUpAsync(string folder, string id, bool evicts)
    {
        if (evicts) PageCache.Evict(folder);
        using var reader = new Reader(folder);
        return await reader.LookUpAsync(id);
    }

    static void Say(TextWriter report, string what, List<LookUp> looks)
    {
        var ms = looks.Select(look => look.Ms).Order().ToList();
        var cpu = looks.Select(look => look.CpuMs).Order().ToList();
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {looks.Count} look-ups, median {ms[ms.Count / 2]:F1} ms, 95th percentile {ms[ms.Count * 95 / 100]:F1} ms, worst {ms[^1]:F1} ms; processor median {cpu[cpu.Count / 2]:F1} ms, 95th percentile {cpu[cpu.Count * 95 / 100]:F1} ms; {looks.Average(look => look.Entries):F0} entries on average (most {looks.Max(look => look.Entries)}), {looks.Average(look => look.RowsRead):N0} rows looked at"));
    }

    sealed record LookUp(double Ms, double CpuMs, int Entries, long RowsRead, int Ids);

    /// <summary>All that a process has to have to answer, made anew.</summary>
    sealed class Reader : IDisposable
    {
        readonly SqliteTableStore tables;
        readonly PersonHistory history;
        readonly long began = Stopwatch.GetTimestamp();
        bool isOpened;

        public Reader(string folder)
        {
            var blobs = new DiskBlobStore(folder, FileLayer.Real, TimeProvider.System);
            tables = new SqliteTableStore(Path.Combine(folder, "tables.db"));
            var rows = new LakeSnapshots(blobs, new ColumnCache(512L << 20), new LakeTables(blobs, TimeProvider.System));
            history = new(new StoredEvents(rows), new StoredPersons(new PersonLookup(new IdentityStore(tables, blobs), new PersonDirectory(rows)), rows, new ProfileDirectory(rows)));
        }

        public async Task<LookUp> LookUpAsync(string id)
        {
            using var process = Process.GetCurrentProcess();
            var (cpu, start) = (process.TotalProcessorTime, isOpened ? Stopwatch.GetTimestamp() : began);
            isOpened = true;
            var project = new ReportProject(OneProject.Bench.ProjectId, IdentityMode.Simplified, DateTimeZone.Utc);
            var (opened, page) = await history.ReadPageAsync(project, id, new(NewestFirst: true, Limit: PageEntries), default);
            var ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            process.Refresh();
            return new(ms, (process.TotalProcessorTime - cpu).TotalMilliseconds, page.Count, opened.Coverage.RowsRead, opened.Ids?.Ids.Count ?? 1);
        }

        public void Dispose() => tables.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
