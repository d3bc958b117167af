using System.Diagnostics;
using System.Globalization;
using Azure.Identity;
using Azure.Messaging.EventHubs.Producer;
using Cairn.Cloud.EventHubs;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Shims.StreamLog;
using Cairn.Support;
using Cairn.Support.Stores;

namespace Cairn.Benchmarks;

/// <summary>The door's own work, without HTTP: what one core takes from gzip to the acknowledged stream.</summary>
sealed class AcceptPath : IBenchmark
{
    const int EventsPerBody = 2_000;

    public string Name => "accept";

    public string Says => "one core, /import bodies of 2,000 bench events: inflate, parse, stages, pack, append to the log on disk and flush; [events=4000000] [at once=4]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 4_000_000;
        var atOnce = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 4;
        var generator = new BenchBodies(seed: 1, users: 100_000);
        var bodies = Enumerable.Range(0, (int)Math.Min(100, events / EventsPerBody)).Select(_ => generator.Next(EventsPerBody, 200_000)).ToArray();
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bodies: {bodies.Length} different ones, {bodies.Average(body => body.Length) / 1024:F0} KiB each, gzip"));

        OneCore.Bind();
        using var folder = new TemporaryFolder();
        using var hubs = HubNamespace.Serve(folder.FullPath, new HubSettings { MaxPartitionBytes = 8L << 30 });
        var stream = new TimedStream(new EventHubStream(new EventHubProducerClient(folder.FullPath, "events", new DefaultAzureCredential()), TimeProvider.System));
        var door = new IngestDoor(new OneProject(), new NobodySuppressed(), new OpenCatalogue(), new(stream, new Spool(new InMemoryBlobStore(), TimeProvider.System), TimeProvider.System));

        await AcceptAsync(door, bodies, Math.Min(400_000, events), atOnce); // warm
        foreach (var round in (int[])[1, 2, 3])
        {
            var (before, cpu, bytes) = (GC.GetTotalAllocatedBytes(), Process.GetCurrentProcess().TotalProcessorTime, stream.Bytes);
            var clock = Stopwatch.StartNew();
            var parts = await AcceptAsync(door, bodies, events, atOnce);
            var seconds = clock.Elapsed.TotalSeconds;
            var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: {events / seconds:N0} events/s ({events:N0} in {seconds:F2} s, {used:F2} s of CPU); a body's inflating {parts.InflateMs:F2} ms, parsing {parts.ParseMs:F2} ms; {(GC.GetTotalAllocatedBytes() - before) / (double)events:F1} bytes allocated and {(stream.Bytes - bytes) / (double)events:F1} bytes sent an event"));
        }
    }

    static async Task<(double InflateMs, double ParseMs)> AcceptAsync(IngestDoor door, byte[][] bodies, long events, int atOnce)
    {
        var next = -1;
        long inflateTicks = 0, parseTicks = 0;
        var requests = (int)(events / EventsPerBody);
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var request && request < requests)
            {
                var packed = bodies[request % bodies.Length];
                var begun = Stopwatch.GetTimestamp();
                using var body = await RequestBody.ReadAsync(new MemoryStream(packed), packed.Length, "gzip", MixpanelLimits.Body, TimeProvider.System, default);
                var inflated = Stopwatch.GetTimestamp();
                var flags = default(MixpanelFlags);
                var payload = MixpanelPayload.Unwrap(body, "application/json", "", keepsInvalidUtf8: true, ref flags);
                using var batch = new ItemBatch(Dialect.Mixpanel, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
                {
                    RequestProject = OneProject.Bench,
                    Rules = new(RequiresTime: true, RequiresInsertId: true, RejectsFuture: true, RejectsBlockedIds: true),
                };
                var fault = MixpanelRecords.Translate(payload, new EventTranslator(new(IsStrict: true, AllowsMerge: true, IdentityMode.Simplified)), batch);
                var parsed = Stopwatch.GetTimestamp();
                Interlocked.Add(ref inflateTicks, inflated - begun);
                Interlocked.Add(ref parseTicks, parsed - inflated);
                await door.AcceptAsync(batch, default);
                if (fault != RejectReason.None || batch.AcceptedCount != EventsPerBody)
                    throw new InvalidOperationException($"{batch.AcceptedCount} of {EventsPerBody} accepted, {fault}, {batch.Verdicts[0]}");
            }
        })));
        return (Stopwatch.GetElapsedTime(0, inflateTicks).TotalMilliseconds / requests, Stopwatch.GetElapsedTime(0, parseTicks).TotalMilliseconds / requests);
    }

    sealed class TimedStream(IEventStream inner) : IEventStream
    {
        public long Bytes { get; private set; }

        public ValueTask<StreamShape> DescribeAsync(CancellationToken cancellationToken) => inner.DescribeAsync(cancellationToken);

        public ValueTask<long> FindLastSeqAsync(int partition, CancellationToken cancellationToken) => inner.FindLastSeqAsync(partition, cancellationToken);

        public Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
        {
            foreach (var message in messages) Bytes += message.Length;
            return inner.SendAsync(partition, messages, cancellationToken);
        }
    }
}
