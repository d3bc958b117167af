using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Cairn.Support;
using Cairn.Support.Cost;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Cost;

/// <summary>
/// The whole pipeline on two hosts that share one account and one hub, with every request, message and byte counted at the doors of those who bill them. A full run keeps the
/// counts, and the page that follows from them; every run says whether they still hold.
/// </summary>
public sealed class Measuring_what_an_event_costs(ITestOutputHelper output)
{
    const int Partitions = 4, SmallBodies = 400, Trickled = 12, FewFiles = 8, MoreFiles = 24, QuietSeconds = 20, EventsPerLargeBody = 1_000;

    static readonly int LargeBodies = FullRun.Count(60, 400);

    /// <summary>Each has some twenty of the events, however many these are.</summary>
    static readonly int People = LargeBodies * EventsPerLargeBody / 20;

    /// <summary>No timer runs by itself: each run is asked for and counted.</summary>
    static readonly Dictionary<string, string> ByHand = new()
    {
        ["Schedules__CompactLake"] = "0 0 0 1 1 *",
        ["Schedules__ReplaySpool"] = "0 0 0 1 1 *",
        ["Schedules__EventsByName"] = "0 0 0 1 1 *",
        ["Compaction__AppendAfter"] = "00:00:00",
        ["Compaction__KeepRecentFor"] = "00:00:01",
    };

    /// <summary>Requests a second that hosts make by the clock, whatever else they do.</summary>
    IReadOnlyDictionary<string, double> byTheClock = new Dictionary<string, double>();

    [Fact]
    public async Task Gives_what_the_page_about_cost_is_computed_from()
    {
        await using var cluster = await Cluster.StartAsync(hosts: 2, Partitions, claimsLast: TimeSpan.FromSeconds(30), ByHand);
        using var client = cluster.Client(0);

        // What is compiled and looked up once is no cost of an event.
        for (var body = 0; body < 40; body++) await TrackAsync(cluster, body % 2, body);
        await StoredAsync(cluster);
        await CompactAsync(cluster, client);
        foreach (var _ in Enumerable.Range(0, 2)) await RunAsync(cluster, client, "EventsByNameSchedule");

        byTheClock = await CountAsync(cluster, QuietSeconds, () => Task.Delay(TimeSpan.FromSeconds(QuietSeconds)));
        var idle = new Dictionary<string, IReadOnlyDictionary<string, double>>();
        foreach (var job in new[] { "CompactLake", "ReplaySpool", "EventsByNameSchedule" })
            idle[job] = await CountAsync(cluster, 3, async () =>
            {
                for (var run = 0; run < 3; run++) await RunAsync(cluster, client, job);
            });

        var perBatch = await CountAsync(cluster, Trickled, () => TrickleAsync(cluster, Trickled, i => TrackAsync(cluster, 0, i)));
        var withUpdate = await CountAsync(cluster, Trickled, () => TrickleAsync(cluster, Trickled, i => EngageAsync(cluster, i)));
        await CompactAsync(cluster, client);

        // A run's own requests are told from those of its files by two runs with different numbers of files.
        await TrickleAsync(cluster, FewFiles, i => TrackAsync(cluster, 0, i));
        var few = await CountAsync(cluster, 1, () => RunAsync(cluster, client, "CompactLake"));
        await TrickleAsync(cluster, MoreFiles, i => TrackAsync(cluster, 0, i));
        var more = await CountAsync(cluster, 1, () => RunAsync(cluster, client, "CompactLake"));
        var perFile = Less(more, few, 1.0 / (MoreFiles - FewFiles));
        var perCommit = Less(Less(few, Times(perFile, FewFiles)), idle["CompactLake"]);

        // SDKs' requests: ten events of one person each.
        var (before, cpu) = (cluster.Hub.Taken, Cpu(cluster));
        await Parallel.ForEachAsync(Enumerable.Range(0, SmallBodies), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await TrackAsync(cluster, i % 2, i));
        await StoredAsync(cluster);
        var (small, cpuOfRequests) = (cluster.Hub.Taken, Cpu(cluster) - cpu);
        await CompactAsync(cluster, client);

        // Large batches, whose files are merged until there is nothing left to do; what batches, files and commits take is counted above.
        var (lakeBefore, recentBefore, commits, cpuBefore) = (await LakeBytesAsync(cluster), await RecentFilesAsync(cluster), 0, Cpu(cluster));
        var events = LargeBodies * EventsPerLargeBody;
        var files = 0;
        var large = await CountAsync(cluster, 1, async () =>
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, LargeBodies), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await ImportAsync(cluster, i % 2, i));
            await StoredAsync(cluster);
            files = await RecentFilesAsync(cluster) - recentBefore;
            cpuBefore = Cpu(cluster);
            commits = await CompactAsync(cluster, client);
        });
        var cpuOfCompaction = Cpu(cluster) - cpuBefore;
        var merges = Less(Less(large, Times(Sum(perBatch, perFile), files)), Times(Sum(perCommit, idle["CompactLake"]), commits));

        var measured = new MeasuredCost(
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}"),
            Round((small.Bytes - before.Bytes) / (double)(SmallBodies * MeasuredCost.EventsPerRequest)),
            Round((small.Billed - before.Billed) / (double)SmallBodies),
            Round((await LakeBytesAsync(cluster) - lakeBefore) / (double)events),
            Round(cpuOfRequests.TotalMilliseconds / SmallBodies),
            Round(cpuOfCompaction.TotalMilliseconds / events * 1_000),
            Rounded(perBatch),
            Rounded(Less(withUpdate, perBatch)),
            Rounded(perFile),
            Rounded(perCommit),
            Rounded(Times(merges, 1e6 / events)),
            Rounded(Times(byTheClock, 60.0 / cluster.Hosts.Length)),
            idle.ToDictionary(one => one.Key, one => (IReadOnlyDictionary<string, double>)Rounded(one.Value)));
        output.WriteLine(JsonSerializer.Serialize(measured, new JsonSerializerOptions { WriteIndented = true }));

        Assert.True(measured.LakeBytesPerEvent > 1 && measured.StreamBytesPerEvent > 1, "nothing was stored");
        if (FullRun.IsOn)
        {
            measured.Keep();
            CostPage.Write(measured);
        }
        // What was published still holds: the same requests, and within a third as many bytes.
        var published = MeasuredCost.Read();
        Assert.Equal(published.PerBatch.Where(one => one.Value >= 0.5).Select(one => (one.Key, Math.Round(one.Value))), measured.PerBatch.Where(one => one.Value >= 0.5).Select(one => (one.Key, Math.Round(one.Value))));
        Assert.InRange(measured.StreamBytesPerEvent / published.StreamBytesPerEvent, 0.67, 1.5);
        Assert.InRange(measured.LakeBytesPerEvent / published.LakeBytesPerEvent, 0.67, 1.5);
        Assert.InRange(measured.PerRecentFile.Values.Sum() / published.PerRecentFile.Values.Sum(), 0.5, 2);
    }

    /// <summary>One after the other, each stored before the next is sent: a batch and a file each.</summary>
    static async Task TrickleAsync(Cluster cluster, int count, Func<int, Task> send)
    {
        for (var i = 0; i < count; i++)
        {
            await send(i);
            await StoredAsync(cluster);
        }
    }

    static Task TrackAsync(Cluster cluster, int host, int request) => PostAsync(cluster, host, "/track?verbose=1", SomeEvents.Of(cluster.Keys.Token, MeasuredCost.EventsPerRequest, People, request, onePerson: true), gzip: false);

    static Task ImportAsync(Cluster cluster, int host, int request) => PostAsync(cluster, host, "/import?strict=1", SomeEvents.Of(cluster.Keys.Token, EventsPerLargeBody, People, 100_000 + request, onePerson: false), gzip: true);

    static Task EngageAsync(Cluster cluster, int i) => PostAsync(cluster, 0, "/engage?verbose=1",
        $$$"""[{"$token":"{{{cluster.Keys.Token}}}","$distinct_id":"engaged-{{{i}}}","$set":{"plan":"pro","$name":"Somebody {{{i}}}"}}]""", gzip: false);

    static async Task PostAsync(Cluster cluster, int host, string path, string json, bool gzip)
    {
        using var client = cluster.Client(host);
        using var content = new ByteArrayContent(gzip ? Gzip(json) : Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (gzip) content.Headers.ContentEncoding.Add("gzip");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>202 says that a run has begun; it is over once it asks for nothing any more.</summary>
    static async Task RunAsync(Cluster cluster, HttpClient client, string job)
    {
        using var begun = await client.PostAsync(new Uri($"/admin/functions/{job}", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"));
        await Eventually.AsyncUntil(isQuiet => isQuiet, async () =>
        {
            var before = cluster.Requests.Counts.Values.Sum();
            await Task.Delay(800);
            return before == cluster.Requests.Counts.Values.Sum();
        }, TimeSpan.FromMinutes(2));
    }

    /// <summary>Runs compaction until nothing is recent and nothing moves any more; gives the runs.</summary>
    static async Task<int> CompactAsync(Cluster cluster, HttpClient client)
    {
        var (runs, before) = (0, 0L);
        while (true)
        {
            await RunAsync(cluster, client, "CompactLake");
            runs++;
            var now = cluster.Requests.Counts.GetValueOrDefault("blob write");
            if (now - before < 3 && await RecentFilesAsync(cluster) == 0) return runs;
            before = now;
        }
    }

    /// <summary>Waits until the consumer has nothing before it.</summary>
    static async Task StoredAsync(Cluster cluster)
    {
        await Eventually.AsyncUntil(stored => stored, () => Task.FromResult(Enumerable.Range(0, Partitions).All(partition =>
            cluster.Hub.Log.ReadCheckpoint("store", partition) >= cluster.Hub.Log.Partitions[partition].DurableSeq)), TimeSpan.FromMinutes(1));
        await Task.Delay(300);
    }

    static TimeSpan Cpu(Cluster cluster) => cluster.Hosts.Aggregate(TimeSpan.Zero, (sum, host) => sum + host.ProcessorTime);

    /// <summary>Bytes of the files that the events' table has, by its log; those that it had before go once no reader can need them.</summary>
    static async Task<long> LakeBytesAsync(Cluster cluster)
    {
        var files = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var blob in cluster.Blobs.ListAsync($"lake/{cluster.Keys.ProjectId}/events/_delta_log/", null, default))
        {
            if (!blob.Name.EndsWith(".json", StringComparison.Ordinal)) continue;
            var commit = (await cluster.Blobs.ReadAsync(blob.Name, default))!;
            foreach (var line in Encoding.UTF8.GetString(commit.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var action = JsonDocument.Parse(line);
                if (action.RootElement.TryGetProperty("add", out var add)) files[add.GetProperty("path").GetString()!] = add.GetProperty("size").GetInt64();
                if (action.RootElement.TryGetProperty("remove", out var remove)) files.Remove(remove.GetProperty("path").GetString()!);
            }
        }
        return files.Values.Sum();
    }

    static async Task<int> RecentFilesAsync(Cluster cluster)
    {
        var files = 0;
        await foreach (var _ in cluster.Blobs.ListAsync($"recent/{cluster.Keys.ProjectId}/", null, default)) files++;
        return files;
    }

    /// <summary>Requests that some work makes beside those that come by the clock, divided.</summary>
    async Task<IReadOnlyDictionary<string, double>> CountAsync(Cluster cluster, int divisor, Func<Task> work)
    {
        var (before, began) = (cluster.Requests.Counts, Stopwatch.GetTimestamp());
        await work();
        // Azurite's log is written a moment after its answers.
        await Task.Delay(300);
        var made = cluster.Requests.Counts.ToDictionary(one => one.Key, one => (double)(one.Value - before.GetValueOrDefault(one.Key)));
        return Times(Less(made, Times(byTheClock, Stopwatch.GetElapsedTime(began).TotalSeconds)), 1.0 / divisor);
    }

    static Dictionary<string, double> Less(IReadOnlyDictionary<string, double> from, IReadOnlyDictionary<string, double> what, double times = 1) =>
        from.ToDictionary(one => one.Key, one => Math.Max(0, one.Value - what.GetValueOrDefault(one.Key)) * times);

    static Dictionary<string, double> Sum(IReadOnlyDictionary<string, double> one, IReadOnlyDictionary<string, double> other) =>
        one.Keys.Union(other.Keys).ToDictionary(kind => kind, kind => one.GetValueOrDefault(kind) + other.GetValueOrDefault(kind));

    static Dictionary<string, double> Times(IReadOnlyDictionary<string, double> requests, double times) => requests.ToDictionary(one => one.Key, one => one.Value * times);

    static SortedDictionary<string, double> Rounded(IReadOnlyDictionary<string, double> requests) =>
        new(requests.Where(one => Round(one.Value) > 0).ToDictionary(one => one.Key, one => Round(one.Value)), StringComparer.Ordinal);

    static double Round(double number) => Math.Round(number, 2);

    static byte[] Gzip(string text)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return file.ToArray();
    }
}
