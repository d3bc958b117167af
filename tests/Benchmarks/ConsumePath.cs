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
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;

namespace Cairn.Benchmarks;

/// <summary>From the stream's messages to rows that a query can read, without HTTP.</summary>
sealed class ConsumePath : IBenchmark
{
    const int EventsPerBody = 2_000;

    public string Name => "consume";

    public string Says => "one core, messages of bench events: unpack, shred, Parquet files on disk; then opening what was stored; [events=2000000] [messages a batch=64]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 2_000_000;
        var perBatch = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 64;
        var stream = new InMemoryEventStream(partitionCount: 2, streamId: "bench");
        await FillAsync(stream, events);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stream.All.Count():N0} messages, {stream.All.Sum(message => (long)message.Body.Length) / (double)events:F1} bytes an event"));

        OneCore.Bind();
        using var folder = new TemporaryFolder();
        var blobs = new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System);
        var consumer = new StreamConsumer(blobs, new DeadLetters(blobs), [], TimeProvider.System);
        var cache = new ColumnCache(256L << 20);
        var reader = new RecentReader(blobs, cache);
        var (before, cpu, clock) = (GC.GetTotalAllocatedBytes(), Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
        var opening = TimeSpan.Zero;
        for (var partition = 0; partition < 2; partition++)
            foreach (var batch in stream[partition].Chunk(perBatch))
            {
                await consumer.ConsumeAsync("bench", partition, batch, default);
                var opened = Stopwatch.GetTimestamp();
                await reader.OpenAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
                opening += Stopwatch.GetElapsedTime(opened);
            }
        var seconds = (clock.Elapsed - opening).TotalSeconds;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"consumed: {events / seconds:N0} events/s ({seconds:F2} s; {used:F2} s of CPU with opening), {(GC.GetTotalAllocatedBytes() - before) / (double)events:F0} bytes allocated an event; opened after each batch: {opening.TotalSeconds:F2} s in all"));

        var stored = 0L;
        await foreach (var entry in blobs.ListAsync(RecentLayout.Folder, null, default)) stored += entry.Length;
        clock.Restart();
        var snapshot = await new RecentReader(blobs, new(256L << 20)).OpenAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"opened anew: {snapshot.RowCount:N0} rows of {snapshot.Files.Count} files in {clock.ElapsedMilliseconds} ms; {stored / (double)events:F1} bytes stored an event"));
        if (snapshot.RowCount != events) throw new InvalidOperationException($"{events} were sent");

        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"managed memory held: {GC.GetTotalMemory(forceFullCollection: true) / 1048576.0:F0} MiB; resident: {Environment.WorkingSet / 1048576.0:F0} MiB (the messages in memory are {stream.All.Sum(message => (long)message.Body.Length) / 1048576.0:F0} MiB of it)"));
        GC.KeepAlive(snapshot);
        GC.KeepAlive(reader);
    }

    internal static async Task FillAsync(InMemoryEventStream stream, long events)
    {
        var publisher = new StreamPublisher(stream, new Spool(new Support.Stores.InMemoryBlobStore(), TimeProvider.System), TimeProvider.System);
        var generator = new BenchBodies(seed: 1, users: (int)(events / 40));
        for (var sent = 0L; sent < events; sent += EventsPerBody)
        {
            var packed = generator.Next(EventsPerBody, events);
            using var body = await RequestBody.ReadAsync(new MemoryStream(packed), packed.Length, "gzip", MixpanelLimits.Body, TimeProvider.System, default);
            var flags = default(MixpanelFlags);
            using var batch = new ItemBatch(Dialect.Mixpanel, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            MixpanelRecords.Translate(MixpanelPayload.Unwrap(body, "application/json", "", keepsInvalidUtf8: true, ref flags), new EventTranslator(new(true, true, IdentityMode.Simplified)), batch);
            batch.IndexOf(OneProject.Bench);
            foreach (ref var item in batch.Items) item.TimeMs = item.SentTimeMs;
            await publisher.PublishAsync(batch, default);
        }
    }
}
