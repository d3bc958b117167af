using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>The running server from HTTP to rows that its answers count.</summary>
sealed class IngestPath : IBenchmark
{
    const int EventsPerBody = 2_000;

    public string Name => "ingest";

    public string Says => "the built server on this machine, /import bodies of 2,000 bench events (gzip, made beforehand), a question a second, until one counts them all; [events=10000000] [connections=4]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 10_000_000;
        var connections = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 4;
        var generator = new BenchBodies(seed: 1, users: (int)(events / 40));
        var bodies = Enumerable.Range(0, (int)(events / EventsPerBody)).Select(_ => generator.Next(EventsPerBody, events)).ToArray();
        await using var cairn = await RunningCairn.StartAsync();
        using var sender = cairn.WithBasic(cairn.Keys.AccountName, cairn.Keys.AccountSecret);
        using var reader = cairn.AsAdmin();
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bodies.Length:N0} bodies, {bodies.Average(body => body.Length) / 1024:F0} KiB each; the server had started in {cairn.StartTook.TotalMilliseconds:F0} ms"));

        var clock = Stopwatch.StartNew();
        var sent = 0;
        // The first fifth, then the rest, each until it is counted; memory after both.
        foreach (var until in (int[])[bodies.Length / 5, bodies.Length])
        {
            var (from, began) = (sent, clock.Elapsed);
            var sending = Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
            {
                while (Interlocked.Increment(ref sent) - 1 is var next && next < until) await SendAsync(sender, cairn.Keys.ProjectId, bodies[next]);
            }));
            while (await Task.WhenAny(sending, Task.Delay(1_000)) != sending) await CountAsync(reader, cairn.Keys.ProjectId);
            await sending;
            sent = until;
            var acknowledged = clock.Elapsed - began;
            while (await CountAsync(reader, cairn.Keys.ProjectId) < (long)until * EventsPerBody)
            {
                if (clock.Elapsed - began > acknowledged + TimeSpan.FromSeconds(60)) throw new TimeoutException($"{await CountAsync(reader, cairn.Keys.ProjectId)} of {(long)until * EventsPerBody} are there");
                await Task.Delay(20);
            }
            var counted = clock.Elapsed - began;
            var part = (long)(until - from) * EventsPerBody;
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{part:N0} events: acknowledged at {part / acknowledged.TotalSeconds:N0}/s, counted at {part / counted.TotalSeconds:N0}/s, {(counted - acknowledged).TotalSeconds:F2} s after the last answer; resident {cairn.ResidentBytes / 1048576.0:F0} MiB after {(long)until * EventsPerBody:N0}"));
        }
        var recent = new DirectoryInfo(cairn.DataFolder).EnumerateFiles("*.parquet", SearchOption.AllDirectories).ToList();
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recent.Count:N0} recent files, {recent.Sum(file => file.Length) / (double)events:F1} bytes an event"));
    }

    static async Task SendAsync(HttpClient sender, string projectId, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await sender.PostAsync(new Uri($"/import?strict=1&project_id={projectId}", UriKind.Relative), content);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    static async Task<long> CountAsync(HttpClient reader, string projectId)
    {
        using var json = JsonDocument.Parse(await reader.GetStringAsync(new Uri($"/api/v1/live/last-hour?project_id={projectId}", UriKind.Relative)));
        return json.RootElement.GetProperty("total").GetInt64();
    }
}
