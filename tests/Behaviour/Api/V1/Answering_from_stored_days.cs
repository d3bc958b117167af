using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Behaviour.Storage.Compaction;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.Scanning;
using Cairn.Storage.Compaction;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Recent;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Query;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>What the schedule has stored and what is computed when asked are the same numbers, whatever came late and whoever was linked; and the answer says which it is.</summary>
public class Answering_from_stored_days
{
    static readonly int Worlds = FullRun.Count(2, 100);

    static readonly (string Report, string Definition)[] Kept =
    [
        ("funnels", """{"range": {"last_days": 7}, "steps": ["view", "buy"], "window": {"days": 3}}"""),
        ("funnels", """{"range": {"last_days": 14}, "steps": ["view", "buy", "view"], "counting": "totals", "unit": "day", "breakdowns": ["event.plan"], "preset": "amplitude"}"""),
        ("funnels", """{"range": {"last_days": 5}, "steps": ["view", "buy"], "breakdowns": ["user.plan"], "entrants": "new"}"""),
        ("retention", """{"range": {"last_days": 10}, "birth": "view", "buckets": 5}"""),
        ("retention", """{"range": {"from": "2026-03-08", "to": "2026-03-20"}, "birth": "view", "return": "buy", "births": "first_ever", "criterion": "on_or_after", "breakdowns": ["user.plan@event"]}"""),
        ("cohorts", """{"condition": {"all": [{"did": "view", "value": 2, "within": {"last_days": 9}}, {"did_not": "buy"}]}}"""),
        ("cohorts", """{"condition": {"any": [{"user": "user[\"n\"] > 0"}, {"did_not": "view"}]}}"""),
    ];

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public async Task Both_ways_give_the_same_numbers(IdentityMode mode)
    {
        var (compared, served) = (0, 0);
        for (var seed = 1; seed <= Worlds; seed++)
        {
            await using var world = await World.StartAsync(seed, mode);
            foreach (var (report, definition) in Kept) await world.KeepAsync(report, definition);
            while (await world.NextDayAsync())
                foreach (var (id, report, definition) in world.Reports)
                    for (var date = world.First; date <= world.Closed; date = date.AddDays(1))
                    {
                        var stored = await world.AnswerAsync(id, date, isStored: true);
                        var live = await world.AnswerAsync(id, date, isStored: false);
                        Assert.False(live.ContainsKey("aggregate"));
                        var isServed = stored.Remove("aggregate");
                        Assert.True(isServed || (date < world.Closed && definition.Contains("user", StringComparison.Ordinal)) || (date < world.Closed && report == "cohorts"), $"seed {seed}, {definition} as of {date}: nothing was stored");
                        stored.Remove("coverage");
                        live.Remove("coverage");
                        Assert.True(stored.ToJsonString() == live.ToJsonString(), $"seed {seed}, {definition} as of {date}, by {world.Closed}:\n{stored.ToJsonString()}\nbut\n{live.ToJsonString()}");
                        compared++;
                        if (isServed) served++;
                    }
        }
        Assert.True(served > 50, $"{served} of {compared} were stored");
        FullRun.Keep(this, $"{mode}: seeds 1 to {Worlds}, {compared} answers compared, {served} of them stored: equal to what is computed when asked", $"{nameof(Both_ways_give_the_same_numbers)} ({mode})");
    }

    [Fact]
    public async Task A_question_that_some_report_keeps_is_answered_from_its_days_and_says_so()
    {
        await using var world = await World.StartAsync(1, IdentityMode.Simplified);
        foreach (var (report, definition) in Kept) await world.KeepAsync(report, definition);
        await world.NextDayAsync();

        foreach (var (report, definition) in Kept.Where(kept => kept.Report != "cohorts"))
        {
            var question = JsonNode.Parse(definition)!.AsObject();
            question["as_of"] = world.Closed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            // Members in another order ask the same.
            var reordered = new JsonObject(question.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
            var stored = await world.AskAsync(report, reordered.ToJsonString());
            Assert.Equal(world.Closed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), (string)stored["aggregate"]!["date"]!);
            Assert.Equal("Europe/Berlin", (string)stored["aggregate"]!["time_zone"]!);
            var live = await world.AskAsync(report, question.ToJsonString(), "?stored=false");
            stored.Remove("aggregate");
            stored.Remove("coverage");
            Assert.True(live.Remove("coverage"));
            Assert.Equal(live.ToJsonString(), stored.ToJsonString());

            question["limit"] = 7;
            Assert.False((await world.AskAsync(report, question.ToJsonString())).ContainsKey("aggregate"));
            question.Remove("limit");
            question["as_of"] = world.Closed.AddDays(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Assert.False((await world.AskAsync(report, question.ToJsonString())).ContainsKey("aggregate"));
            question.Remove("as_of");
            Assert.False((await world.AskAsync(report, question.ToJsonString())).ContainsKey("aggregate"));
        }
    }

    [Fact]
    public async Task An_answer_that_late_rows_have_made_due_is_computed_when_asked()
    {
        await using var world = await World.StartAsync(1, IdentityMode.Simplified);
        var id = await world.KeepAsync(Kept[0].Report, Kept[0].Definition);
        await world.NextDayAsync();
        Assert.True((await world.AnswerAsync(id, world.Closed, isStored: true)).ContainsKey("aggregate"));
        var store = world.Store;
        var (state, etag) = ((await store.FindStateAsync(LakeWorld.ProjectId, default))!.Value, (await store.FindStateAsync(LakeWorld.ProjectId, default))!.ETag);
        await store.PutStateAsync(LakeWorld.ProjectId, state with { Reports = new Dictionary<string, ReportDays> { [id] = state.Reports[id] with { Due = [world.Closed] } } }, etag, default);
        Assert.False((await world.AnswerAsync(id, world.Closed, isStored: true)).ContainsKey("aggregate"));
    }

    [Fact]
    public async Task Nothing_that_names_a_person_is_stored()
    {
        await using var world = await World.StartAsync(1, IdentityMode.Simplified);
        var id = await world.KeepAsync(Kept[5].Report, Kept[5].Definition);
        await world.NextDayAsync();
        var day = (await world.Store.FindAsync(LakeWorld.ProjectId, id, world.Closed, default))!;
        Assert.Equal(["count", "coverage"], JsonNode.Parse(day.Answer)!.AsObject().Select(member => member.Key));
    }

    [Theory]
    [InlineData("?as_of=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("?as_of=0001-01-01", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.OK)]
    public async Task A_day_that_is_none_is_named(string query, HttpStatusCode status)
    {
        await using var world = await World.StartAsync(1, IdentityMode.Simplified);
        var id = await world.KeepAsync(Kept[0].Report, Kept[0].Definition);
        using var answer = await world.App.GetAsync(QueryApp.ServiceAccount, $"/api/v1/reports/{id}/answer{query}");
        Assert.Equal(status, answer.StatusCode);
        using var none = await world.App.GetAsync(QueryApp.ServiceAccount, "/api/v1/reports/123456789/answer");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    /// <summary>A project whose rows come in disorder over three weeks, with the app over them and the schedule beside it.</summary>
    sealed class World : IAsyncDisposable
    {
        readonly LakeWorld lake;
        readonly Random random;
        readonly Queue<Item> coming, links;
        readonly DailyReports daily;
        readonly Project project;

        World(LakeWorld lake, IdentityMode mode, QueryApp app, Random random, IEnumerable<Item> coming)
        {
            (this.lake, App, this.random) = (lake, app, random);
            var isLink = coming.ToLookup(item => item.Kind == ItemKind.LinkClaim);
            (this.coming, links) = (new(isLink[false]), new(isLink[true]));
            project = new(LakeWorld.ProjectId, "Shop", lake.Clock.GetUtcNow(), "Europe/Berlin", Retention.ForEver, mode, ["company"]);
            Store = new(lake.Blobs);
            daily = new(
                new SomeKeys().Projects, app.Part<SavedReports>(), app.Part<IReportAnswers>(), app.Part<IEventSource>(), app.Part<IPersonDirectory>(),
                new Arrivals(lake.Blobs, new LakeTables(lake.Blobs, lake.Clock)), Store, app.Part<ErasureStore>(), lake.Blobs, CompactionLimits.Default, lake.Clock, NullLogger<DailyReports>.Instance);
        }

        public QueryApp App { get; }

        public DailyStore Store { get; }

        public List<(string Id, string Report, string Definition)> Reports { get; } = [];

        /// <summary>The first day that was stored, and the last that has closed.</summary>
        public DateOnly First { get; } = new(2026, 3, 19);

        public DateOnly Closed { get; private set; } = new(2026, 3, 18);

        public static async Task<World> StartAsync(int seed, IdentityMode mode)
        {
            var (random, lake) = (new Random(seed), new LakeWorld(LakeWorld.Eager with { MaxAppendRows = 12, MaxAppendFiles = 2 }, mode));
            var items = new SentItems(seed, idCount: 8).Make(200, new DateTimeOffset(2026, 3, 8, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), days: 18, withRetries: false).ToArray();
            random.Shuffle(items);
            var app = await QueryApp.StartAsync(lake.Blobs, new IngestProject(LakeWorld.ProjectId, mode, "Europe/Berlin", ["company"]), lake.Clock.GetUtcNow());
            return new(lake, mode, app, random, items);
        }

        public async Task<string> KeepAsync(string report, string definition)
        {
            var body = $$"""{"name": "{{Reports.Count}}", "report": "{{report}}", "definition": {{definition}}}""";
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using var answer = await App.SendAsync(QueryApp.ServiceAccount, request);
            var id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;
            Reports.Add((id, report, definition));
            return id;
        }

        /// <summary>More arrives, some of it late, the lake takes some, and the schedule looks at it.</summary>
        /// <returns>False once all has come.</returns>
        public async Task<bool> NextDayAsync()
        {
            if (coming.Count == 0) return false;
            if (Closed >= First) lake.Clock.Advance(TimeSpan.FromDays(1));
            Closed = Closed.AddDays(1);
            // Links by themselves, so that no late row makes the same days due.
            foreach (var (queue, most) in new[] { (coming, random.Next(20, 80)), (links, 2) })
            {
                var batch = Enumerable.Range(0, Math.Min(queue.Count, most)).Select(_ => queue.Dequeue()).ToList();
                foreach (var partition in batch.GroupBy(item => item.DistinctId.Span[^1] % 2)) await lake.Stream.ArriveAsync(partition.Key, partition, perMessage: 3);
                if (random.Next(2) == 0) await lake.CompactAllAsync();
                await using var lease = await lake.Blobs.TryLeaseAsync("leases/daily-reports", TimeSpan.FromSeconds(60), default);
                Assert.True(await daily.RunAsync(project, lease!, default));
                if (random.Next(3) == 0) await lake.CompactAllAsync();
            }
            return true;
        }

        public async Task<JsonObject> AnswerAsync(string id, DateOnly date, bool isStored) =>
            JsonNode.Parse((await App.JsonAsync(QueryApp.ServiceAccount, $"/api/v1/reports/{id}/answer", ("as_of", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("stored", isStored ? "" : "false"))).GetRawText())!.AsObject();

        public async Task<JsonObject> AskAsync(string report, string question, string query = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{report}{query}") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
            using var answer = await App.SendAsync(QueryApp.ServiceAccount, request);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
