using System.Diagnostics;
using System.Globalization;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Mixpanel;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Delta;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;

namespace Cairn.Benchmarks;

/// <summary>From recent files to a lake that has settled: what compaction costs, and what it leaves.</summary>
sealed class CompactPath : IBenchmark
{
    const int EventsPerBody = 2_000, BodiesPerSlice = 50, Partitions = 2;

    public string Name => "compact";

    public string Says => "one core: recent files of bench events into the lake, then merged as they are a day later; memory on the way, bytes an event; [millions=10] [rows at once=as set]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var millions = arguments.Count > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 10;
        var events = (long)(millions * 1_000_000);
        var atOnce = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : CompactionLimits.Default.MaxAppendRows;
        var limits = CompactionLimits.Default.WithRows(atOnce) with { AppendAfter = TimeSpan.Zero };
        OneCore.Bind();
        using var folder = new TemporaryFolder();
        Copy(await RecentFolderAsync(events), folder.FullPath);
        var blobs = new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = Environment.WorkingSet;
        using var memory = new MemoryWatch();
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{limits.MaxAppendRows:N0} rows of an append at once; the collector's ConserveMemory is {GC.GetConfigurationVariables().GetValueOrDefault("GCConserveMem", 0)} (the app's is 7: DOTNET_GCConserveMemory=7)"));

        var appended = await CompactAsync(blobs, TimeProvider.System, limits with { Merges = MergeLimits.Default with { FanIn = int.MaxValue, MaxYoung = int.MaxValue, MaxYoungBytes = long.MaxValue } });
        Say(report, "appended", events, appended, memory, before);
        await DescribeAsync(report, blobs, events);
        // A day later all dates are closed, and no file is so young that it waits for others.
        var merged = await CompactAsync(blobs, new LaterTime(TimeSpan.FromDays(1)), limits);
        Say(report, "merged", events, merged, memory, before);
        Say(report, "both", events, appended + merged, memory, before);
        await DescribeAsync(report, blobs, events);
    }

    /// <summary>Runs until nothing is left to do.</summary>
    internal static async Task<TimeSpan> CompactAsync(DiskBlobStore blobs, TimeProvider clock, CompactionLimits limits)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, tables) = (process.TotalProcessorTime, new LakeTables(blobs, clock));
        var rows = new LakeSnapshots(blobs, new ColumnCache(16L << 20), tables);
        var compaction = new LakeCompaction(blobs, tables, new PersonDirectory(rows), rows, clock, limits);
        for (var hasMore = true; hasMore;)
        {
            hasMore = false;
            await foreach (var run in compaction.RunAsync(new(OneProject.Bench.ProjectId, IdentityMode.Simplified, null), default))
            {
                if (run.Fault is not null) throw new InvalidOperationException(run.Table, run.Fault);
                hasMore |= run.HasMore;
            }
        }
        process.Refresh();
        return process.TotalProcessorTime - cpu;
    }

    static void Say(TextWriter report, string what, long events, TimeSpan cpu, MemoryWatch memory, long before) => report.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what}: {events / cpu.TotalSeconds:N0} events/s of processor time ({cpu.TotalSeconds:F1} s); resident so far at most {memory.Peak / 1048576.0:F0} MiB ({before / 1048576.0:F0} MiB when it began)"));

    static async Task DescribeAsync(TextWriter report, DiskBlobStore blobs, long events)
    {
        var version = (await new DeltaTable(blobs, LakeLayout.RootOf(OneProject.Bench.ProjectId, RowLayout.Events), TimeProvider.System).ReadAsync(default))!;
        var rows = version.Files.Values.Sum(file => file.Statistics!.RowCount!.Value);
        if (rows != events) throw new InvalidOperationException($"{rows} rows of {events}");
        var byColumn = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var keys = 0L;
        foreach (var file in version.Files.Values)
        {
            var reader = await ParquetReader.OpenAsync(new BlobSource(blobs, version.BlobOf(file), file.SizeBytes), default);
            var names = version.Schema.Columns.ToDictionary(column => column.PhysicalName, column => column.Name);
            foreach (var group in reader.RowGroups)
                for (var column = 0; column < reader.Schema.Leaves.Count; column++)
                {
                    var name = names[reader.Schema.Leaves[column].Column.Name];
                    byColumn[name] = byColumn.GetValueOrDefault(name) + group.Columns[column].CompressedBytes;
                }
            keys += (await blobs.FindAsync(LakeLayout.KeysOf(version.Root, file.Path), default))!.Length;
        }
        string[] aside = [RowLayout.DistinctId, RowLayout.ReceivedAt, RowLayout.ItemId, RowLayout.InsertId];
        var total = version.Files.Values.Sum(file => file.SizeBytes);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{version.Files.Count} files after {version.Version} versions; {(total - aside.Sum(byColumn.GetValueOrDefault)) / (double)events:F2} bytes an event without {string.Join(", ", aside)}, {total / (double)events:F2} with them, {keys / (double)events:F2} of duplicate keys"));
        report.WriteLine("  " + string.Join(", ", byColumn.OrderByDescending(column => column.Value).Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Key} {column.Value / (double)events:F2}"))));
    }

    /// <summary>A folder with the events as recent files; made once per size.</summary>
    internal static async Task<string> RecentFolderAsync(long events)
    {
        var folder = RepositoryFolder.Of("artifacts", "bench", $"recent-{events}");
        if (Directory.Exists(folder)) return folder;
        var partial = folder + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        var blobs = new DiskBlobStore(partial, FileLayer.Real, TimeProvider.System);
        var consumer = new StreamConsumer(blobs, new DeadLetters(blobs), [], TimeProvider.System);
        var generator = new BenchBodies(seed: 1, users: (int)(events / 40));
        var next = new long[Partitions];
        for (var sent = 0L; sent < events;)
        {
            var stream = new InMemoryEventStream(Partitions, "bench");
            var publisher = new StreamPublisher(stream, new Spool(new Support.Stores.InMemoryBlobStore(), TimeProvider.System), TimeProvider.System);
            for (var body = 0; body < BodiesPerSlice && sent < events; body++, sent += EventsPerBody) await PublishAsync(publisher, generator.Next(EventsPerBody, events));
            for (var partition = 0; partition < Partitions; partition++)
            {
                await consumer.ConsumeAsync("bench", partition, [.. stream[partition].Select(message => message with { Seq = next[partition] + message.Seq })], default);
                next[partition] += stream[partition].Count;
            }
        }
        Directory.Move(partial, folder);
        return folder;
    }

    static async Task PublishAsync(StreamPublisher publisher, byte[] packed)
    {
        using var body = await RequestBody.ReadAsync(new MemoryStream(packed), packed.Length, "gzip", MixpanelLimits.Body, TimeProvider.System, default);
        var flags = default(MixpanelFlags);
        using var batch = new ItemBatch(Dialect.Mixpanel, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        MixpanelRecords.Translate(MixpanelPayload.Unwrap(body, "application/json", "", keepsInvalidUtf8: true, ref flags), new EventTranslator(new(true, true, IdentityMode.Simplified)), batch);
        batch.IndexOf(OneProject.Bench);
        foreach (ref var item in batch.Items) item.TimeMs = item.SentTimeMs;
        await publisher.PublishAsync(batch, default);
    }

    internal static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    internal sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}

/// <summary>The largest resident size of this process, looked at ten times a second.</summary>
sealed class MemoryWatch : IDisposable
{
    readonly Timer timer;
    long peak = Environment.WorkingSet;

    public MemoryWatch() => timer = new(_ => Look(), null, 100, 100);

    /// <summary>Bytes.</summary>
    public long Peak => Look();

    public void Dispose() => timer.Dispose();

    long Look()
    {
        var now = Environment.WorkingSet;
        long known;
        while ((known = Interlocked.Read(ref peak)) < now && Interlocked.CompareExchange(ref peak, now, known) != known)
        {
        }
        return Math.Max(known, now);
    }
}
