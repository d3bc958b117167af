using System.Diagnostics;
using System.Globalization;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Ingestion.Consumer;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;

namespace Cairn.Benchmarks;

/// <summary>From recent files to the lake: young files, merged ones, what an event takes there, and how long opening takes.</summary>
sealed class LakePath : IBenchmark
{
    /// <summary>Rows of one append, as compaction takes them.</summary>
    const int AppendRows = 1_000_000;

    /// <summary>What the published size leaves out: ids are as long as senders make them.</summary>
    static readonly string[] Aside = [RowLayout.DistinctId, RowLayout.ReceivedAt, RowLayout.ItemId, RowLayout.InsertId];

    public string Name => "lake";

    public string Says => "one core, bench events: recent files to young files by date, these merged by month; bytes an event; opening 1,000 files and all events; baseline: DuckDB sorts and writes the same; [events=2000000]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 2_000_000;
        await BaselineAsync((int)events, report);
        using var folder = new TemporaryFolder();
        var blobs = new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System);
        await StoreAsync(blobs, events);

        OneCore.Bind();
        ForgetPeak();
        await AppendAsync(blobs, report);
        await OpenManyAsync(blobs, report);
        ForgetPeak();
        await MergeAsync(blobs, report);
        await OpenAsync(blobs, events, report);
    }

    static async Task StoreAsync(IBlobStore blobs, long events)
    {
        var stream = new InMemoryEventStream(partitionCount: 1, streamId: "bench");
        await ConsumePath.FillAsync(stream, events);
        var consumer = new StreamConsumer(blobs, new DeadLetters(blobs), [], TimeProvider.System);
        foreach (var batch in stream[0].Chunk(64)) await consumer.ConsumeAsync("bench", 0, batch, default);
    }

    /// <summary>Linux forgets the largest resident size so far when 5 is written here. Source: proc(5), /proc/pid/clear_refs.</summary>
    static void ForgetPeak()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    static string Peak() => File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries) is var words
        ? string.Create(CultureInfo.InvariantCulture, $"peak resident {long.Parse(words[1], CultureInfo.InvariantCulture) / 1024} MiB") : "";

    static async Task AppendAsync(IBlobStore blobs, TextWriter report)
    {
        var (tables, writer) = (new LakeTables(blobs, TimeProvider.System), new LakeWriter(blobs, TimeProvider.System));
        var table = tables[OneProject.Bench.ProjectId, RowLayout.Events];
        var version = await tables.CreateAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
        var recent = await new LakeSnapshots(blobs, new(1L << 20), tables).OpenViewAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
        var (cost, left, rows) = (new Cost(), new Queue<RecentRows>(recent.Recent), 0L);
        while (left.Count > 0)
        {
            var (sources, taken, place) = (new List<RowFile>(), 0, 0L);
            while (left.Count > 0 && (taken == 0 || taken + left.Peek().Rows.RowCount <= AppendRows))
            {
                var file = left.Dequeue();
                (taken, place) = (taken + file.Rows.RowCount, file.Name.LastSeq);
                sources.Add(file.Rows);
            }
            cost.Start();
            var write = await writer.WriteAsync(version, RowLayout.Events, sources, LakeSplit.ByDate, PersonMap.Empty(IdentityMode.Simplified), default);
            cost.Stop();
            version = await CommitAsync(table, version, write, [], [new(LakeLayout.AppIdOf("bench", 0), place)]);
            rows += write.RowCount;
        }
        report.WriteLine($"{"append, by date",-26} {cost.Of(rows)}   {Peak()}   {await SizesAsync(blobs, version)}");
    }

    static async Task MergeAsync(IBlobStore blobs, TextWriter report)
    {
        var (tables, writer) = (new LakeTables(blobs, TimeProvider.System), new LakeWriter(blobs, TimeProvider.System));
        var table = tables[OneProject.Bench.ProjectId, RowLayout.Events];
        var (cost, rows) = (new Cost(), 0L);
        var version = (await table.ReadAsync(default))!;
        foreach (var month in version.Files.Values.GroupBy(file => LakeFile.Of(version, file).Month).OrderBy(group => group.Key, StringComparer.Ordinal).ToList())
        {
            var open = new LakeFiles(blobs, new(1L << 20)).Opener(version, LakeSchema.Of(RowLayout.Events, version.Schema));
            cost.Start();
            var write = await writer.WriteAsync(version, RowLayout.Events, [.. month.Select(file => open(LakeFile.Of(version, file)))], LakeSplit.ByMonth, PersonMap.Empty(IdentityMode.Simplified), default);
            cost.Stop();
            version = await CommitAsync(table, version, write, [.. month.Select(file => file.Path)], []);
            rows += write.RowCount;
        }
        report.WriteLine($"{"merge, by month",-26} {cost.Of(rows)}   {Peak()}   {await SizesAsync(blobs, version)}");
    }

    static async Task OpenAsync(IBlobStore blobs, long events, TextWriter report)
    {
        for (var run = 1; run <= 2; run++)
        {
            var watch = Stopwatch.StartNew();
            var snapshot = await new LakeSnapshots(blobs, new(1L << 28), new LakeTables(blobs, TimeProvider.System)).OpenAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"open all, run " + run,-26} {watch.Elapsed.TotalMilliseconds,8:F1} ms   {snapshot.RowCount:N0} rows in {snapshot.Files.Count} files"));
            if (snapshot.RowCount != events) throw new InvalidOperationException($"{events} were sent");
        }
    }

    /// <summary>A table of 1,000 files, made of one real file's entry, for nothing but the log is read.</summary>
    static async Task OpenManyAsync(IBlobStore blobs, TextWriter report)
    {
        var tables = new LakeTables(blobs, TimeProvider.System);
        var source = (await tables[OneProject.Bench.ProjectId, RowLayout.Events].ReadAsync(default))!;
        var table = tables["many", RowLayout.Events];
        var version = await table.CreateAsync(source.Schema, [LakeLayout.Month], default);
        var file = source.Files.Values.First();
        for (var commit = 0; commit < 100; commit++)
        {
            var adds = (List<DeltaFile>)[.. Enumerable.Range(0, 10).Select(i => file with { Path = $"month=2026-01/merged-{commit:D4}{i}.parquet", ModifiedAtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() })];
            version = ((DeltaOutcome.Committed)await table.CommitAsync(version, new DeltaCommit { Operation = "WRITE", Adds = [.. adds] }, default)).Snapshot;
        }
        for (var run = 1; run <= 4; run++)
        {
            var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            await new LakeTables(blobs, TimeProvider.System)["many", RowLayout.Events].ReadAsync(default);
            var log = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
            (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var snapshot = await new LakeSnapshots(blobs, new(1L << 28), new LakeTables(blobs, TimeProvider.System)).OpenAsync("many", RowLayout.Events, default);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"open 1,000 files, run " + run,-26} {watch.Elapsed.TotalMilliseconds,8:F1} ms   processor {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:F1} ms (the log alone {log:F1} ms)   {snapshot.Files.Count} files"));
        }
    }

    static async Task<DeltaSnapshot> CommitAsync(DeltaTable table, DeltaSnapshot basis, LakeWrite write, IEnumerable<string> removes, IEnumerable<DeltaPlace> places) =>
        ((DeltaOutcome.Committed)await table.CommitAsync(basis, new DeltaCommit { Operation = "WRITE", Adds = write.Adds, Removes = [.. removes], Places = [.. places], Metadata = write.Metadata }, default)).Snapshot;

    static async Task<string> SizesAsync(IBlobStore blobs, DeltaSnapshot version)
    {
        long rows = 0, whole = 0, aside = 0, keys = 0;
        var columns = Aside.Select(name => version.Schema.Find(name)!.PhysicalName).ToHashSet(StringComparer.Ordinal);
        foreach (var file in version.Files.Values)
        {
            var reader = await ParquetReader.OpenAsync(new BlobSource(blobs, version.BlobOf(file), file.SizeBytes), default);
            (rows, whole) = (rows + reader.RowCount, whole + file.SizeBytes);
            foreach (var leaf in reader.Schema.Leaves.Where(leaf => columns.Contains(leaf.Column.Name)))
                foreach (var group in reader.RowGroups) aside += group.Columns[leaf.Index].CompressedBytes;
            keys += (await blobs.FindAsync(LakeLayout.KeysOf(version.Root, file.Path), default))!.Length;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{version.Files.Count} files, {whole / (double)rows:F1} bytes an event, {(whole - aside) / (double)rows:F2} with distinct_id, received_at, item and insert id aside; keys {keys / (double)rows:F2}");
    }

    static async Task BaselineAsync(int events, TextWriter report)
    {
        var file = await BenchEvents.FileAsync(events);
        using var folder = new TemporaryFolder();
        var answers = await Judge.DuckDb.AskAsync(
        [
            "set threads = 1",
            $"copy (select * from read_parquet('{file}') order by hash(distinct_id), distinct_id, time, event, insert_id) to '{folder["sorted.parquet"]}' (format parquet, compression snappy, row_group_size 32768)",
        ]);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"baseline, DuckDB",-26} {events / answers[1].Ms * 1000,12:N0} events/s on the clock, one thread; {new FileInfo(folder["sorted.parquet"]).Length / (double)events:F1} bytes an event, without receipt, item id, insert id's twin and person"));
    }

    /// <summary>Processor time and time on the wall of what was done between starts and stops.</summary>
    sealed class Cost
    {
        readonly Stopwatch watch = new();
        TimeSpan processor, before;

        public void Start()
        {
            before = Environment.CpuUsage.TotalTime;
            watch.Start();
        }

        public void Stop()
        {
            watch.Stop();
            processor += Environment.CpuUsage.TotalTime - before;
        }

        public string Of(long rows) => string.Create(CultureInfo.InvariantCulture, $"{rows / processor.TotalSeconds,12:N0} events/s of processor time, {rows / watch.Elapsed.TotalSeconds:N0} on the clock");
    }
}
