using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>How long after its 200 an event is in a report's answer: on an idle server, and while others import without a pause.</summary>
sealed class VisibleAfter : IBenchmark
{
    const int EventsPerBody = 2_000;

    /// <summary>How long an asker waits between two answers, milliseconds; a wait is overstated by at most this and one answer.</summary>
    const int AskAgainMs = 5;

    /// <summary>Where an event that isn't seen is given up.</summary>
    static readonly TimeSpan Lost = TimeSpan.FromSeconds(60);

    public string Name => "visible";

    public string Says => "from the 200 of a /track request until a segmentation counts its event, over HTTP: alone, and beside imports; [events watched alone=100] [events a second imported beside others=100000] [bodies of 2,000 imported=3000]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        int Argument(int index, int standard) => arguments.Count > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : standard;
        var (alone, perSecond, bodies) = (Argument(0, 100), Argument(1, 100_000), Argument(2, 3_000));
        var folder = Directory.CreateTempSubdirectory("cairn-bodies-").FullName;
        try
        {
            // On disk, so that the generator's memory and time are no part of the machine's load.
            var generator = new BenchBodies(seed: 1, users: 50 * bodies);
            for (var i = 0; i < bodies; i++) await File.WriteAllBytesAsync(PathOf(folder, i), generator.Next(EventsPerBody, (long)bodies * EventsPerBody));

            await using var cairn = await RunningCairn.StartAsync();
            await WatchAsync(cairn, "Warm", watched => watched < Math.Min(20, alone)); // until the methods on the way are compiled
            var waits = await WatchAsync(cairn, "Alone", watched => watched < alone);
            report.WriteLine($"alone: {Describe(waits)}");

            var clock = Stopwatch.StartNew();
            var importing = ImportAsync(cairn, folder, bodies, perSecond);
            var watching = WatchAsync(cairn, "Beside", watched => watched == 0 || !importing.IsCompleted);
            await importing;
            var seconds = clock.Elapsed.TotalSeconds;
            waits = await watching;
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"beside {(double)bodies * EventsPerBody / seconds:N0} events/s imported for {seconds:F0} s: {Describe(waits)}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sends one event after another, each once the one before is counted; the waits, milliseconds.</summary>
    /// <param name="another">Whether to send one more, told how many were seen.</param>
    static async Task<List<double>> WatchAsync(RunningCairn cairn, string name, Func<int, bool> another)
    {
        using var reader = cairn.AsMixpanelReader();
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var tomorrow = DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var question = new Uri($"/api/query/segmentation?event={name}&from_date={today}&to_date={tomorrow}", UriKind.Relative);
        var waitsMs = new List<double>();
        while (another(waitsMs.Count))
        {
            using var sent = await cairn.Http.PostAsync(new Uri("/track", UriKind.Relative),
                JsonContent.Create(new[] { new { @event = name, properties = new { token = cairn.Keys.Token, distinct_id = $"u{waitsMs.Count}" } } }));
            if (await sent.Content.ReadAsStringAsync() != "1") throw new InvalidOperationException($"/track answered {sent.StatusCode}");
            var answered = Stopwatch.GetTimestamp();
            while (await CountAsync(reader, question, name) is var count && count <= waitsMs.Count)
            {
                if (Stopwatch.GetElapsedTime(answered) > Lost) throw new TimeoutException($"{name}: {count} of {waitsMs.Count + 1} counted after {Lost}");
                await Task.Delay(AskAgainMs);
            }
            waitsMs.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
        }
        return waitsMs;
    }

    static async Task<int> CountAsync(HttpClient reader, Uri question, string name)
    {
        using var json = JsonDocument.Parse(await reader.GetStringAsync(question));
        return json.RootElement.GetProperty("data").GetProperty("values").TryGetProperty(name, out var days) ? days.EnumerateObject().Sum(day => day.Value.GetInt32()) : 0;
    }

    /// <summary>Imports every body at an even pace, four at once.</summary>
    static async Task ImportAsync(RunningCairn cairn, string folder, int bodies, int perSecond)
    {
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        var clock = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (int body; (body = Interlocked.Increment(ref next)) < bodies;)
            {
                var early = TimeSpan.FromSeconds((double)body * EventsPerBody / perSecond) - clock.Elapsed;
                if (early > TimeSpan.Zero) await Task.Delay(early);
                using var content = new ByteArrayContent(await File.ReadAllBytesAsync(PathOf(folder, body)));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                content.Headers.ContentEncoding.Add("gzip");
                using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"/import answered {answer.StatusCode}");
            }
        }));
    }

    static string PathOf(string folder, int body) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{body}.gz"));

    static string Describe(List<double> waitsMs)
    {
        waitsMs.Sort();
        return string.Create(CultureInfo.InvariantCulture,
            $"{waitsMs.Count} events visible after {At(.5):F0} ms at the median, {At(.95):F0} ms at the 95th percentile, {waitsMs[^1]:F0} ms at most");

        double At(double share) => waitsMs[(int)Math.Ceiling(share * waitsMs.Count) - 1];
    }
}
