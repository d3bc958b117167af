using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Faults;

/// <summary>
/// Fifty clients who ask for as much as a report may, again and again, some of whom leave at once: the server stays up and within its memory, a light report is
/// answered beside them, and nothing is worked on once they are gone.
/// </summary>
public sealed class Fifty_hostile_reports_at_once(ITestOutputHelper output)
{
    const int Clients = 50, Bodies = 40, EventsPerBody = 2_000, Users = 3_000;

    const long MiB = 1L << 20;

    /// <summary>How long they press.</summary>
    static readonly TimeSpan Siege = TimeSpan.FromSeconds(10);

    static readonly DateTimeOffset Until = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Half the light reports are answered within this.</summary>
    const double LightMs = 10_000;

    const string Range = "\"range\": {\"from\": \"2026-01-30\", \"to\": \"2026-02-28\"}";

    /// <summary>Twenty steps, three breakdowns, as many values as events, conditions without end, and the lists behind them.</summary>
    static readonly (string Report, string Question)[] Hostile =
    [
        ("funnels", $$"""{ {{Range}}, "steps": [{{Steps(20)}}], "window": {"days": 366}, "counting": "totals", "breakdowns": ["event.own", "event.page", "event.tags"], "limit": 10000}"""),
        ("funnels", $$"""{ {{Range}}, "steps": [{{Steps(2)}}], "window": {"days": 366}, "counting": "totals", "unit": "day", "breakdowns": ["event.own"]}"""),
        ("funnels", $$"""{ {{Range}}, "steps": [{{Steps(20)}}], "order": "any", "window": {"days": 30} }"""),
        ("funnels", $$"""{ {{Range}}, "steps": [{{Steps(2)}}], "counting": "totals", "people": {"who": "reached", "step": 1} }"""),
        ("segmentation", $$"""{ {{Range}}, "events": [{"label": "any"}], "unit": "hour", "measure": "uniques", "breakdowns": ["event.own", "event.page", "event.tags"], "limit": 10000}"""),
        ("segmentation", $$"""{ {{Range}}, "events": [{"label": "any"}], "unit": "hour", "measure": {"aggregate": "median", "of": "event.n"}, "breakdowns": ["event.own"], "limit": 10000}"""),
        ("segmentation", $$"""{ {{Range}}, "events": [{"label": "any"}], "measure": "uniques", "filter": {{JsonSerializer.Serialize(string.Join(" or ", Enumerable.Range(0, 300).Select(i => $"(\"x{i}\" in properties[\"own\"] and properties[\"n\"] > {i})")))}} }"""),
        ("retention", $$"""{ {{Range}}, "birth": {"label": "any"}, "return": {"label": "any"}, "births": "recurring", "buckets": 90, "breakdowns": ["event.own"], "limit": 10000}"""),
        ("stickiness", $$"""{ {{Range}}, "unit": "month", "breakdowns": ["event.own", "event.tags"], "limit": 10000}"""),
        ("cohorts", """{"condition": {"any": [{"did": {}, "measure": {"distinct": "event.own"}, "value": 5}, {"did": {}, "measure": {"aggregate": "median", "of": "event.n"}, "value": 3}, {"not": {"sequence": ["A", "B", "C", "D"]}}]}, "limit": 100000}"""),
        ("flows", $$"""{ {{Range}}, "anchors": ["A"], "forward": 5, "reverse": 5}"""),
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("3000000")] // less than the events take: every report streams
    public async Task Leave_the_server_up_and_others_answered(string? columnBytes)
    {
        await using var cairn = await RunningCairn.StartAsync(settings: columnBytes is null ? null : new Dictionary<string, string> { ["Query__ColumnBytes"] = columnBytes });
        using var client = cairn.WithBasic(cairn.Keys.AccountName, cairn.Keys.AccountSecret);
        await FillAsync(cairn);
        await Eventually.AsyncUntil(count => count == Bodies * EventsPerBody, () => CountAsync(client), TimeSpan.FromSeconds(60));
        var atRest = cairn.ResidentBytes;

        var alone = await AskLightlyAsync(client, new CancellationTokenSource(TimeSpan.FromSeconds(2)).Token);
        using var siege = new CancellationTokenSource(Siege);
        var statuses = new int[600];
        var hostile = Enumerable.Range(0, Clients).Select(number => PressAsync(cairn, number, statuses, siege.Token)).ToArray();
        var light = await AskLightlyAsync(client, siege.Token);
        await Task.WhenAll(hostile);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{statuses[200]} heavy ones answered, {statuses[400]} told what to narrow, {statuses[503]} told to come again; {light.Count} light ones: half within {light[light.Count / 2]:F0} ms, nine of ten within {light[light.Count * 9 / 10]:F0} ms, all within {light[^1]:F0} ms, alone half within {alone[alone.Count / 2]:F0} ms; resident at rest {atRest / MiB} MiB, at most {cairn.PeakResidentBytes / MiB} MiB"));
        Assert.Equal(0, Enumerable.Range(1, 599).Where(status => status is not (200 or 400 or 503)).Sum(status => statuses[status]));
        // Generous, for the machine may have other work as well; what was seen stands above.
        Assert.InRange(light[light.Count / 2], 0, LightMs);
        Assert.InRange(cairn.PeakResidentBytes, 0, 1_536 * MiB);
        await Eventually.AsyncUntil(busy => busy < 0.3, () => BusyAsync(cairn), TimeSpan.FromSeconds(30));
        Assert.Equal(Bodies * EventsPerBody, await CountAsync(client));
    }

    /// <summary>Asks one heavy report after the other, until the siege is over; every other client leaves soon after it has asked.</summary>
    static async Task PressAsync(RunningCairn cairn, int number, int[] statuses, CancellationToken siege)
    {
        using var client = cairn.WithBasic(cairn.Keys.AccountName, cairn.Keys.AccountSecret);
        for (var i = number; !siege.IsCancellationRequested; i++)
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(siege);
            if (number % 2 == 1) leaving.CancelAfter(150);
            try
            {
                Interlocked.Increment(ref statuses[await AskAsync(client, Hostile[i % Hostile.Length], leaving.Token)]);
            }
            catch (OperationCanceledException)
            {
                // Gone, as a reader who closes the page.
            }
        }
    }

    /// <returns>Milliseconds each took, ascending.</returns>
    static async Task<List<double>> AskLightlyAsync(HttpClient client, CancellationToken siege)
    {
        var took = new List<double>();
        while (!siege.IsCancellationRequested)
        {
            var since = Stopwatch.GetTimestamp();
            Assert.Equal(200, await AskAsync(client, ("segmentation", $"{{{Range}, \"events\": [\"A\"]}}"), default));
            took.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await Task.Delay(100, CancellationToken.None);
        }
        took.Sort();
        return took;
    }

    static async Task<int> AskAsync(HttpClient client, (string Report, string Question) asked, CancellationToken cancellationToken)
    {
        using var content = new StringContent(asked.Question, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"/api/v1/query/{asked.Report}", UriKind.Relative), content, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            var problem = await answer.Content.ReadAsStringAsync(cancellationToken);
            // Whatever is refused is refused for what it takes, with advice; nothing here is a slip of the question.
            Assert.True(problem.Contains("memory", StringComparison.Ordinal) || problem.Contains("too many", StringComparison.Ordinal), problem);
        }
        return (int)answer.StatusCode;
    }

    /// <summary>The share of a core that the server uses.</summary>
    static async Task<double> BusyAsync(RunningCairn cairn)
    {
        var before = cairn.ProcessorTime;
        await Task.Delay(1_000);
        return (cairn.ProcessorTime - before).TotalSeconds;
    }

    static async Task<double> CountAsync(HttpClient client)
    {
        using var content = new StringContent($"{{{Range}, \"unit\": \"quarter\", \"events\": [{{\"label\": \"any\"}}]}}", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/api/v1/query/segmentation", UriKind.Relative), content);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("series")[0].GetProperty("values").EnumerateArray().Sum(value => value.GetDouble());
    }

    static async Task FillAsync(RunningCairn cairn)
    {
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        var random = new Random(1);
        for (var body = 0; body < Bodies; body++)
        {
            using var content = new ByteArrayContent(Gzip($"[{string.Join(',', Enumerable.Range(0, EventsPerBody).Select(index => EventOf(random, body * EventsPerBody + index)))}]"));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            content.Headers.ContentEncoding.Add("gzip");
            using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    static string EventOf(Random random, int number) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"event":"{{"ABCDE"[random.Next(5)]}}","properties":{"distinct_id":"u{{random.Next(Users)}}","$insert_id":"i{{number}}","time":{{Until.AddSeconds(-random.Next(1, 28 * 86_400)).ToUnixTimeSeconds()}},"own":"a value of its own {{number}}","page":"/p{{random.Next(200)}}","n":{{random.Next(1_000)}},"tags":["t{{random.Next(30)}}","t{{random.Next(30)}}"] } }
        """);

    static string Steps(int count) => string.Join(", ", Enumerable.Range(0, count).Select(step => $"\"{"ABCDE"[step % 5]}\""));

    static byte[] Gzip(string text)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return file.ToArray();
    }
}
