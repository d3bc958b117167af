using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cairn.Projects.Compaction;
using Cairn.Storage.Compaction;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.EndToEnd.Lake;

/// <summary>
/// One person with a million events, in a project of 5,000 properties, goes through everything there is: import, stream, recent files, compaction with its merges, reports, the
/// look-up page by page, profiles, exports, and ClickHouse over the lake. All counts are known beforehand.
/// </summary>
public sealed class One_person_with_a_million_events : IAsyncLifetime
{
    const string Giant = "giant";

    /// <summary>Pages that are turned: each costs the same, wherever it lies.</summary>
    const int MaxPages = 60;

    const int EventsPerBody = 2_000, PropertiesPerEvent = 4, Days = 50, Others = 100;

    static readonly int Events = FullRun.Count(12_000, 1_000_000), Properties = FullRun.Count(2_200, 5_000);

    static readonly long FirstMs = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    ProjectsApp app = null!;

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync(services => services.AddSingleton(CompactionLimits.Default with
    {
        AppendAfter = TimeSpan.Zero,
        Merges = MergeLimits.Default with { FanIn = 3, YoungFor = TimeSpan.Zero, ClosesAfter = TimeSpan.Zero },
    }));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Passes_through_all_of_it()
    {
        await PostAsync("/engage", $$"""[{"$token":"{{app.Keys.Token}}","$distinct_id":"{{Giant}}","$set":{"plan":"pro","p1":"own"} }]""");
        var bodies = Enumerable.Range(0, Events).Chunk(EventsPerBody).ToList();
        foreach (var body in bodies.Take(bodies.Count / 2)) await ImportAsync(body.Select(Event));
        await AssertCountAsync(bodies.Count / 2 * EventsPerBody);
        await CompactAsync();
        foreach (var body in bodies.Skip(bodies.Count / 2).SkipLast(1)) await ImportAsync(body.Select(Event));
        await ImportAsync(Enumerable.Range(0, Others).SelectMany(Journey));
        await AssertCountAsync(((bodies.Count - 1) * EventsPerBody) + JourneyEvents);
        await CompactAsync();
        // The last body stays among the recent rows.
        await ImportAsync(bodies[^1].Select(Event));
        await AssertCountAsync(Events + JourneyEvents);

        await SegmentationIsExactAsync();
        await FunnelRetentionAndCohortAreExactAsync();
        await TheHistoryIsReadPageByPageAsync();
        await AmplitudeSumsItUpAsync();
        await TheExportHasEveryEventAsync();
        await ClickHouseSeesTheSameAsync();
        FullRun.Keep(this, $"{Events:N0} events of one person and {JourneyEvents} of {Others} others in a project of {Properties:N0} properties: import, compaction, segmentation, funnel, retention, cohort, pages of the history, Amplitude's activity, export and ClickHouse count exactly what was sent");
    }

    async Task SegmentationIsExactAsync()
    {
        foreach (var property in new[] { 17, Properties - 3 })
        {
            var sum = Enumerable.Range(0, Events).Where(i => PropertiesOf(i).Contains(property)).Sum(i => (double)i);
            var answer = await QueryAsync("segmentation", $$$"""{"range": {{{Range}}}, "events": [{}], "unit": "month", "measure": {"aggregate": "sum", "of": "event.p{{{property}}}"}}""");
            Assert.Equal(sum, Whole(answer).GetDouble(), tolerance: sum * 1e-9);
            var count = await QueryAsync("segmentation", $$$"""{"range": {{{Range}}}, "unit": "month", "events": [{"filter": "defined(properties[\"p{{{property}}}\"])"}]}""");
            Assert.Equal(Enumerable.Range(0, Events).Count(i => PropertiesOf(i).Contains(property)), Whole(count).GetInt64());
        }
        var byKind = await QueryAsync("segmentation", $$"""{"range": {{Range}}, "unit": "month", "events": [{}], "breakdowns": ["event.kind"]}""");
        Assert.Equal(
            Enumerable.Range(0, 7).Select(kind => $"k{kind} {Enumerable.Range(0, Events).Count(i => i % 7 == kind)}"),
            byKind.GetProperty("series").EnumerateArray().Select(series => $"{series.GetProperty("keys")[0]} {series.GetProperty("whole")}").Where(line => line[0] == 'k').Order(StringComparer.Ordinal));
        Assert.Equal(1 + Others, Whole(await QueryAsync("segmentation", $$"""{"range": {{Range}}, "unit": "month", "events": ["view"], "measure": "uniques"}""")).GetInt64());
        var own = await QueryAsync("segmentation", $$"""{"range": {{Range}}, "unit": "month", "events": [{"filter": "user[\"plan\"] == \"pro\""}]}""");
        Assert.Equal(Events, Whole(own).GetInt64());
    }

    async Task FunnelRetentionAndCohortAreExactAsync()
    {
        var funnel = await QueryAsync("funnels", $$"""{"range": {{Range}}, "steps": ["view", "search", "buy"], "window": {"days": 1} }""");
        Assert.Equal([1 + Others, 1 + Others, 1 + (Others / 2)], funnel.GetProperty("series")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").GetInt32()));
        // The giant looks at something every day, the others on one day alone.
        var retention = await QueryAsync("retention", $$"""{"range": {{Range}}, "birth": "view", "return": "view", "buckets": 3}""");
        Assert.Equal(
            ["2026-01-01 1: 1 1 1", $"2026-01-04 {Others}: 0 0 0"],
            retention.GetProperty("overall")[0].GetProperty("rows").EnumerateArray().Where(row => row.GetProperty("size").GetInt32() > 0)
                .Select(row => $"{row.GetProperty("start").GetString()![..10]} {row.GetProperty("size")}: {string.Join(' ', row.GetProperty("counts").EnumerateArray().Skip(1))}"));
        var cohort = await QueryAsync("cohorts", """{"condition": {"did": "buy", "is": "at_least", "value": 100}, "limit": 10}""");
        Assert.Contains($"\"{Giant}\"", cohort.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"other", cohort.GetRawText(), StringComparison.Ordinal);
    }

    async Task TheHistoryIsReadPageByPageAsync()
    {
        var (seen, cursor, last, pages) = (0, "", long.MaxValue, 0);
        do
        {
            var page = (await app.SendAsync("GET", $"/api/v1/activity/{Giant}?project_id={app.Keys.ProjectId}&limit=1000&kinds=events{(cursor.Length == 0 ? "" : $"&after={cursor}")}")).Json;
            foreach (var entry in page.GetProperty("entries").EnumerateArray())
            {
                var number = long.Parse(entry.GetProperty("insert_id").GetString()!.AsSpan(1), CultureInfo.InvariantCulture);
                Assert.Equal(last == long.MaxValue ? Events - 1 : last - 1, number);
                last = number;
                seen++;
            }
            // A page looks at the row groups that it needs, whatever the giant has besides.
            Assert.InRange(page.GetProperty("coverage").GetProperty("rows_read").GetInt64(), 1, 150_000);
            cursor = page.GetProperty("cursor").GetString() ?? "";
            pages++;
        }
        while (cursor.Length > 0 && pages < MaxPages);
        Assert.Equal((Math.Min(Events, MaxPages * 1000), Math.Min((Events + 999) / 1000, MaxPages)), (seen, pages));

        var oldest = (await app.SendAsync("GET", $"/api/v1/activity/{Giant}?project_id={app.Keys.ProjectId}&order=oldest&limit=1")).Json.GetProperty("entries")[0];
        Assert.Equal(PropertiesOf(0).Select(p => $"p{p}").Append("kind").Order(StringComparer.Ordinal), oldest.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        var profile = (await app.SendAsync("GET", $"/api/v1/profiles/{Giant}?project_id={app.Keys.ProjectId}")).Json;
        Assert.Equal("""{"plan":"pro","p1":"own"}""", profile.GetProperty("properties").GetRawText());
    }

    async Task AmplitudeSumsItUpAsync()
    {
        var keys = ProjectsApp.Basic(app.Keys.ApiKey, app.Keys.ApiSecret);
        var id = (await app.SendAsync("GET", $"/api/2/usersearch?user={Giant}", authorization: keys)).Json.GetProperty("matches")[0].GetProperty("amplitude_id").GetInt64();
        var activity = (await app.SendAsync("GET", $"/api/2/useractivity?user={id}&offset=10&limit=3", authorization: keys)).Json;
        Assert.Equal(Events, activity.GetProperty("userData").GetProperty("num_events").GetInt32());
        Assert.Equal(("2026-01-01", "2026-02-19"), (activity.GetProperty("userData").GetProperty("first_used").GetString(), activity.GetProperty("userData").GetProperty("last_used").GetString()));
        Assert.Equal([$"i{Events - 11}", $"i{Events - 12}", $"i{Events - 13}"], activity.GetProperty("events").EnumerateArray().Select(row => row.GetProperty("$insert_id").GetString()!));
    }

    async Task TheExportHasEveryEventAsync()
    {
        using var client = new HttpClient { BaseAddress = app.Url };
        client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(ProjectsApp.Basic(app.Keys.ApiSecret, ""));
        using var answer = await client.GetAsync(new Uri("/api/2.0/export?from_date=2026-01-01&to_date=2026-03-01", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var (count, sum, expected) = (0, 0L, 0L);
        while (await lines.ReadLineAsync() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            count++;
            foreach (var property in row.RootElement.GetProperty("properties").EnumerateObject())
                if (property.Name[0] == 'p' && property.Value.ValueKind == JsonValueKind.Number) sum += property.Value.GetInt64() + property.Name.Length;
        }
        for (var i = 0; i < Events; i++)
            foreach (var property in PropertiesOf(i)) expected += i + $"p{property}".Length;
        Assert.Equal((Events + JourneyEvents, expected), (count, sum));
    }

    /// <summary>Of the lake, once it has everything.</summary>
    async Task ClickHouseSeesTheSameAsync()
    {
        await CompactAsync();
        var (typed, rest) = (17, Properties - 3);
        var table = $"deltaLakeLocal('{LakeFolder()}')";
        var answers = await Judge.ClickHouse.AskAsync(
        [
            $"select count(), countIf(person = '{Giant}'), uniqExact(person), sum(p{typed}), sumIf(JSONExtractFloat(rest, 'p{rest}'), JSONHas(rest, 'p{rest}')), uniqExactIf(insert_id, person = '{Giant}') from {table}",
        ]);
        double Sum(int property) => Enumerable.Range(0, Events).Where(i => PropertiesOf(i).Contains(property)).Sum(i => (double)i);
        var row = answers[0].Rows[0].Select(value => double.Parse(value.ToString(), CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal([Events + JourneyEvents, Events, 1 + Others, Sum(typed), Sum(rest), Events], row);
    }

    string LakeFolder() => Directory.EnumerateDirectories(app.Folder, "_delta_log", SearchOption.AllDirectories).Select(log => Path.GetDirectoryName(log)!).Single(table => table.EndsWith("/events", StringComparison.Ordinal));

    /// <summary>Runs until every recent row is in the lake and nothing is left to merge.</summary>
    async Task CompactAsync()
    {
        var schedule = app.Services.GetRequiredService<CompactionSchedule>();
        var store = app.Services.GetRequiredService<Storage.IBlobStore>();
        await Eventually.AsyncUntil(
            waiting => waiting == 0,
            async () =>
            {
                await schedule.RunAsync(default);
                var progress = await new ProgressStore(store).ReadAsync(app.Keys.ProjectId, "events", default);
                Assert.Null(progress.Fault);
                return progress.Version < 0 ? 1 : progress.WaitingFiles;
            },
            TimeSpan.FromMinutes(20));
    }

    async Task AssertCountAsync(int count)
    {
        var seen = await Eventually.AsyncUntil(whole => whole == count, async () => Whole(await QueryAsync("segmentation", $$"""{"range": {{Range}}, "unit": "month", "events": [{}]}""")).GetInt64(), TimeSpan.FromMinutes(5));
        Assert.Equal(count, seen);
    }

    static string Range => """{"from": "2026-01-01", "to": "2026-03-01"}""";

    static JsonElement Whole(JsonElement answer) => answer.GetProperty("series")[0].GetProperty("whole");

    static int JourneyEvents => (Others * 2) + (Others / 2);

    static IEnumerable<int> PropertiesOf(int number) => Enumerable.Range(0, PropertiesPerEvent).Select(k => (int)(((long)number * PropertiesPerEvent + k) % Properties));

    /// <summary>The giant's n-th event, and none at the same time.</summary>
    static string Event(int number)
    {
        var time = FirstMs + (long)((double)number * Days * 86_400_000 / Events);
        var properties = string.Concat(PropertiesOf(number).Select(property => $",\"p{property}\":{number}"));
        return $$$"""{"event":"{{{(number % 10 == 0 ? "buy" : number % 3 == 0 ? "search" : "view")}}}","properties":{"distinct_id":"{{{Giant}}}","time":{{{time}}},"$insert_id":"i{{{number}}}","kind":"k{{{number % 7}}}"{{{properties}}}}}""";
    }

    /// <summary>What another does on the fourth of January, a minute apart.</summary>
    static IEnumerable<string> Journey(int other)
    {
        string[] names = other % 2 == 0 ? ["view", "search", "buy"] : ["view", "search"];
        return names.Select((name, step) => $$$"""{"event":"{{{name}}}","properties":{"distinct_id":"other{{{other}}}","time":{{{FirstMs + (3 * 86_400_000L) + (other * 1000) + (step * 60_000)}}},"$insert_id":"o{{{other}}}-{{{step}}}"}}""");
    }

    async Task ImportAsync(IEnumerable<string> events)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes($"[{string.Join(',', events)}]"));
        using var client = new HttpClient { BaseAddress = app.Url };
        client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(ProjectsApp.Basic(app.Keys.ApiSecret, ""));
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    async Task PostAsync(string path, string body)
    {
        var reply = await app.SendAsync("POST", path, body, authorization: "");
        Assert.True(reply.Status == 200, reply.Body);
    }

    async Task<JsonElement> QueryAsync(string report, string question)
    {
        var reply = await app.SendAsync("POST", $"/api/v1/query/{report}?project_id={app.Keys.ProjectId}", question);
        Assert.True(reply.Status == 200, $"{report}: {reply.Status} {reply.Body}");
        return reply.Json;
    }
}
