using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>The whole pipeline of the running server: from prepared gzip bodies over HTTP until a report counts every event.</summary>
sealed class HttpToQueryable : IBenchmark
{
    const int EventsPerBody = 2_000;

    public string Name => "pipeline";

    public string Says => "/import over HTTP until every event is counted in an answer, bodies prepared beforehand: first at a steady pace, then as fast as it goes, each by a new server; RSS on the way, and at rest once compaction has nothing left to do; [millions=10] [at once=4] [steady events/s=150000] [events for a million, to try it out=1000000]";

    /// <summary>How long the lake's files must have stayed as they are before the server is asked what it holds: past the last merge, and the collections that follow a burst.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(25);

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        int Argument(int index, int standard) => arguments.Count > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : standard;
        var (millions, atOnce, pace, eventsPerMillion) = (Argument(0, 10), Argument(1, 4), Argument(2, 150_000), Argument(3, 1_000_000));
        var folder = Directory.CreateTempSubdirectory("cairn-bodies-").FullName;
        try
        {
            // On disk, so that the generator's memory is no part of the machine's load.
            var generator = new BenchBodies(seed: 1, users: 25_000 * millions);
            var bodies = millions * eventsPerMillion / EventsPerBody;
            for (var i = 0; i < bodies; i++) await File.WriteAllBytesAsync(PathOf(folder, i), generator.Next(EventsPerBody, millions * eventsPerMillion));

            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at {pace:N0} events/s:"));
            await SteadyAsync(folder, millions, eventsPerMillion, atOnce, pace, report);
            report.WriteLine("as fast as it goes:");
            await FastAsync(folder, millions, eventsPerMillion, atOnce, report);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sends at a pace that lasts, and reports each million: how far answers are behind, and what the server holds while compaction works beside.</summary>
    static async Task SteadyAsync(string folder, int millions, int eventsPerMillion, int atOnce, int pace, TextWriter report)
    {
        await using var cairn = await RunningCairn.StartAsync();
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        var clock = Stopwatch.StartNew();
        var bodies = eventsPerMillion / EventsPerBody;
        for (var million = 1; million <= millions; million++)
        {
            await SendAsync(client, folder, (million - 1) * bodies, million * bodies, atOnce, body => TimeSpan.FromSeconds((double)body * EventsPerBody / pace) - clock.Elapsed);
            var sentAfter = clock.Elapsed;
            await CountAsync(client, (long)million * eventsPerMillion);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{million} M events: sent after {sentAfter.TotalSeconds:F1} s, all counted {(clock.Elapsed - sentAfter).TotalSeconds:F1} s later, RSS {cairn.ResidentBytes / 1048576.0:F0} MiB, {cairn.PeakResidentBytes / 1048576.0:F0} at most so far"));
        }
    }

    static async Task FastAsync(string folder, int millions, int eventsPerMillion, int atOnce, TextWriter report)
    {
        await using var cairn = await RunningCairn.StartAsync();
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        var clock = Stopwatch.StartNew();
        var rested = TimeSpan.Zero;
        var bodies = eventsPerMillion / EventsPerBody;
        for (var million = 1; million <= millions; million++)
        {
            await SendAsync(client, folder, (million - 1) * bodies, million * bodies, atOnce, _ => TimeSpan.Zero);
            var sentAfter = clock.Elapsed - rested;
            if (million is 1 or 2 or 5 || million == millions)
            {
                await CountAsync(client, (long)million * eventsPerMillion);
                var countedAfter = clock.Elapsed - rested;
                report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{million} M events: sent after {sentAfter.TotalSeconds:F1} s, all counted after {countedAfter.TotalSeconds:F1} s ({(double)million * eventsPerMillion / countedAfter.TotalSeconds:N0} events/s), RSS {cairn.ResidentBytes / 1048576.0:F0} MiB"));
            }
            if (million == 2 || million == millions)
            {
                var began = clock.Elapsed;
                await InTheLakeAsync(cairn, (long)million * eventsPerMillion);
                var inTheLakeAfter = clock.Elapsed - began;
                if (eventsPerMillion == 1_000_000) await AtRestAsync(cairn); // few leave nothing to rest from
                rested += clock.Elapsed - began;
                report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{million} M events at rest: all in the lake {inTheLakeAfter.TotalSeconds:F0} s later, merged {(clock.Elapsed - began).TotalSeconds:F0} s later, RSS {cairn.ResidentBytes / 1048576.0:F0} MiB, {cairn.PeakResidentBytes / 1048576.0:F0} at most so far"));
            }
        }
    }

    /// <summary>Sends bodies, some at once.</summary>
    /// <param name="wait">How long from now until a body is due; nothing or less: at once.</param>
    static Task SendAsync(HttpClient client, string folder, int first, int end, int atOnce, Func<int, TimeSpan> wait)
    {
        var next = first - 1;
        return Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            for (int body; (body = Interlocked.Increment(ref next)) < end;)
            {
                if (wait(body) is var due && due > TimeSpan.Zero) await Task.Delay(due);
                await SendAsync(client, await File.ReadAllBytesAsync(PathOf(folder, body)));
            }
        }));
    }

    static string PathOf(string folder, int body) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{body}.gz"));

    static async Task SendAsync(HttpClient client, byte[] gzip)
    {
        using var content = new ByteArrayContent(gzip);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Waits until compaction has taken every row.</summary>
    static async Task InTheLakeAsync(RunningCairn cairn, long expected)
    {
        while (true)
        {
            var progress = Directory.GetFiles(cairn.DataFolder, "events.json", SearchOption.AllDirectories).FirstOrDefault(name => name.Contains("/compaction/", StringComparison.Ordinal));
            if (progress is not null)
            {
                using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(progress));
                var rows = json.RootElement.GetProperty("content").GetProperty("rows").GetInt64();
                if (rows == expected) return;
                if (rows > expected) throw new InvalidOperationException($"{rows} rows in the lake, {expected} sent");
            }
            await Task.Delay(500);
        }
    }

    /// <summary>Waits until no file has come into the lake for a while.</summary>
    static async Task AtRestAsync(RunningCairn cairn)
    {
        var lake = new DirectoryInfo(Path.Combine(cairn.DataFolder, "blobs", "lake"));
        if (!lake.Exists) throw new InvalidOperationException($"{lake.FullName} is not there");
        while (DateTime.UtcNow - lake.EnumerateFiles("*", SearchOption.AllDirectories).Max(file => file.LastWriteTimeUtc) < Rest) await Task.Delay(1_000);
    }

    static async Task CountAsync(HttpClient client, long expected)
    {
        while (true)
        {
            using var json = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/v1/live/last-hour", UriKind.Relative)));
            var total = json.RootElement.GetProperty("total").GetInt64();
            if (total == expected) return;
            if (total > expected) throw new InvalidOperationException($"{total} counted, {expected} sent");
            await Task.Delay(100);
        }
    }
}
