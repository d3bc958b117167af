using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Behaviour.Storage.Compaction;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Compaction;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query;

/// <summary>
/// Every report over HTTP: what came late, twice, again under other batch borders, and before the links that join its people, answers byte for byte as the same things each once and in order do; with
/// all rows recent, while compaction takes them, and with all in the lake.
/// </summary>
/// <remarks>
/// Every other seed lets a retry overtake what it repeats. Then, until compaction has taken the earlier copy, the later one may be shown (docs/semantics/duplicates.md, "One case takes until then"): of these, while
/// compaction runs, only what does not look at a copy's receipt, time and properties must be the same.
/// </remarks>
public class The_same_answers_however_data_comes
{
    const long Day = 86_400_000;

    /// <summary>What RANGE stands for in questions.</summary>
    const string Range = "\"range\":{\"from\":\"2026-01-15\",\"to\":\"2026-03-20\"}";

    /// <summary>The first so many questions look at nothing in which copies differ.</summary>
    const int CountsOnly = 2;

    static readonly int Worlds = FullRun.Count(2, 80);

    /// <summary>A path and the body of a POST; null: a GET.</summary>
    static readonly (string Path, string? Body)[] Questions =
    [
        ("query/segmentation", """{RANGE,"events":["view","buy",{"any_of":["view","buy"]}],"unit":"quarter"}"""),
        ("query/segmentation", """{RANGE,"events":["view","buy"],"unit":"quarter","measure":"uniques"}"""),
        ("query/segmentation", """{RANGE,"events":[{"event":"view"},{"event":"buy"},{"any_of":["view","buy"]}],"measure":"uniques"}"""),
        ("query/segmentation", """{RANGE,"events":["view","buy"],"unit":"week","breakdowns":["event.plan"],"overall":true,"other":true,"limit":2}"""),
        ("query/segmentation", """{RANGE,"events":["view"],"measure":{"aggregate":"sum","of":"event.n"},"breakdowns":["user.plan","user.plan@event"]}"""),
        ("query/segmentation", """{RANGE,"events":["view"],"measure":{"percentile":90,"of":"event.n"},"unit":"month"}"""),
        ("query/segmentation", """{RANGE,"events":["buy"],"measure":{"per_user":"events","as":"average"},"look_back":{"rolling":7}}"""),
        ("query/segmentation", """{RANGE,"events":["view"],"measure":{"distinct":"event.plan"},"filter":"user[\"n\"] >= 1"}"""),
        ("query/segmentation", """{RANGE,"events":["view"],"measure":{"frequency":"events"},"people":{}}"""),
        ("query/segmentation", """{RANGE,"events":["view","buy"],"count_by":"company","measure":"uniques","preset":"amplitude","breakdowns":["group.company.plan","group.company.plan@event"]}"""),
        ("query/segmentation", """{RANGE,"events":["view"],"measure":"sessions","unit":"week"}"""),
        ("query/funnels", """{RANGE,"steps":["view","buy"],"window":{"days":30},"unit":"week"}"""),
        ("query/funnels", """{RANGE,"steps":["view","buy","view"],"counting":"totals","order":"any","window":{"days":5},"breakdowns":["user.plan@event"],"sum":"event.n"}"""),
        ("query/funnels", """{RANGE,"steps":["view","buy"],"window":{"hours":40},"exclusions":[{"event":"buy","from_step":1,"to_step":2,"filter":"properties[\"ok\"]"}],"hold_constant":["event.plan"],"preset":"amplitude"}"""),
        ("query/funnels", """{RANGE,"steps":["view","buy"],"window":{"days":30},"people":{"who":"dropped","step":1}}"""),
        ("query/retention", """{RANGE,"birth":{"event":"view"},"return":{"event":"buy"},"criterion":"on_or_after","buckets":12}"""),
        ("query/retention", """{RANGE,"birth":"view","births":"first_ever","unit":"week","buckets":5,"alignment":"calendar","breakdowns":["user.plan"],"sum_of":"event.n","preset":"amplitude"}"""),
        ("query/stickiness", """{RANGE,"events":["view"],"unit":"week","of":"day","breakdowns":["event.plan"]}"""),
        ("query/lifecycle", """{RANGE,"events":["view","buy"],"unit":"week","breakdowns":["user.plan"]}"""),
        ("query/revenue", """{RANGE,"events":["buy"],"amount":"event.n","unit":"week","breakdowns":["user.plan@event"]}"""),
        ("query/lifetime-value", """{RANGE,"events":["buy"],"amount":"event.n","unit":"week","born_by":"first_seen","ages":[1,7,30]}"""),
        ("query/composition", """{RANGE,"by":["user.plan@event"],"values":"latest"}"""),
        ("query/sessions", """{RANGE,"unit":"week","breakdowns":["event.plan"]}"""),
        ("query/sessions", """{RANGE,"unit":"month","preset":"amplitude"}"""),
        ("query/flows", """{RANGE,"anchors":["view"],"forward":3,"reverse":2,"window":{"days":20},"paths":20}"""),
        ("query/cohorts", """{"condition":{"all":[{"did":"view","value":2},{"any":[{"user":"user[\"n\"] > 0"},{"did_not":"buy"}]}]}}"""),
        ("query/cohorts", """{"condition":{"sequence":["view","buy"],"in":{"days":20}},"are_in":["ann","bob","cyn","$device:d1","$device:d2","$device:d3"]}"""),
        ("query/cohorts", """{"condition":{"funnel":{RANGE,"steps":["view","buy"],"window":{"days":30}},"who":"dropped","step":1}}"""),
        ("activity/ann?limit=1000", null),
        ("activity/bob?limit=1000&order=oldest&kinds=events&where=properties%5B%22plan%22%5D%20%3D%3D%20%22pro%22", null),
        ("activity/$device:d1?limit=1000", null),
    ];

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public async Task Answers_as_the_clean_sequence_does(IdentityMode mode)
    {
        var (runs, answers) = (0, 0);
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var own = await AgreeAsync(seed, mode);
            (runs, answers) = (runs + own.Runs, answers + own.Answers);
        }
        FullRun.Keep(this, $"seeds 1 to {Worlds}, each asked {Questions.Length} questions of every report: the clean sequence's answers, all recent, {answers} times during {runs} runs of compaction, and all in the lake", $"{nameof(Answers_as_the_clean_sequence_does)} ({mode})");
    }

    /// <summary>Two recent copies, one of which counted, and then a third in the lake: news of both.</summary>
    [Fact]
    public Task Counts_nothing_twice_where_the_lake_takes_another_copy_than_the_one_that_counted() => AgreeAsync(72, IdentityMode.Simplified);

    static async Task<(int Runs, int Answers)> AgreeAsync(int seed, IdentityMode mode)
    {
        var answers = 0;
        var clean = CleanItems(seed);
        var expected = await CleanAnswersAsync(clean, mode);
        await using var world = await MessyWorld.StartAsync(seed, clean, mode);
        Same(expected, await AskAsync(world.App), $"seed {seed}, all recent");
        var compaction = world.NewCompaction();
        for (var hasMore = true; hasMore; answers += 2 * Questions.Length)
        {
            var run = Task.Run(() => world.CompactAsync(compaction));
            Same(expected, await AskAsync(world.App), $"seed {seed}, while run {world.Runs} of compaction goes on", IsAsked);
            hasMore = await run;
            Same(expected, await AskAsync(world.App), $"seed {seed}, after run {world.Runs} of compaction", IsAsked);
        }
        Same(expected, await AskAsync(world.App), $"seed {seed}, all in the lake");
        await using var later = await world.AnotherAppAsync();
        Same(expected, await AskAsync(later), $"seed {seed}, all in the lake, by a process that starts then");
        return (world.Runs, answers);

        bool IsAsked(int question) => !world.RetriesOvertake || question < CountsOnly;
    }

    /// <summary>Without this the suite could compare empty answers.</summary>
    [Fact]
    public async Task Asks_what_has_an_answer()
    {
        var answers = await CleanAnswersAsync(CleanItems(1), IdentityMode.Simplified);
        Assert.All(answers.Zip(Questions), answer => Assert.True(answer.First.Any(digit => digit is >= '1' and <= '9') && !answer.First.StartsWith("{\"count\":0,", StringComparison.Ordinal), $"{answer.Second}: {answer.First}"));
    }

    /// <summary>Each thing once, by receipt.</summary>
    static List<Item> CleanItems(int seed)
    {
        var items = new SentItems(seed, idCount: 8).Make(150, new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), days: 12, withRetries: false);
        for (var i = 0; i < items.Count; i++)
            if (items[i].InsertId.Length > 0) items[i] = items[i] with { InsertId = Batches.Utf8(string.Create(CultureInfo.InvariantCulture, $"i{i}")) };
        return items;
    }

    static async Task<string[]> CleanAnswersAsync(List<Item> items, IdentityMode mode)
    {
        var world = new LakeWorld(mode: mode);
        await using var app = await NewAppAsync(world, items, mode);
        await world.Stream.ArriveAsync(0, items, perMessage: 3);
        return await AskAsync(app);
    }

    static async Task<QueryApp> NewAppAsync(LakeWorld world, IEnumerable<Item> items, IdentityMode mode)
    {
        var app = await QueryApp.StartAsync(world.Blobs, new IngestProject(LakeWorld.ProjectId, mode, "Europe/Berlin", ["company"]), world.Clock.GetUtcNow());
        await app.LookUpClaimsAsync(LakeWorld.ProjectId, items.Where(item => item.Kind == ItemKind.LinkClaim).Select(item =>
            new LinkClaim(new(item.ReceivedAtMs, item.Id), item.LinkRule, Batches.Text(item.DistinctId), Batches.Text(item.OtherId))));
        return app;
    }

    /// <summary>Each answer without what it cost.</summary>
    static async Task<string[]> AskAsync(QueryApp app)
    {
        var answers = new List<string>();
        foreach (var (path, body) in Questions)
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, $"/api/v1/{path}");
            if (body is not null) request.Content = new StringContent(body.Replace("RANGE", Range, StringComparison.Ordinal), Encoding.UTF8, "application/json");
            using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
            var text = await answer.Content.ReadAsStringAsync();
            var json = JsonNode.Parse(text)!.AsObject();
            // Nobody may have named the one whose activity is asked yet.
            Assert.True(json.Remove("coverage") || (body is null && answer.StatusCode == HttpStatusCode.NotFound), $"{path} {body}: {text}");
            answers.Add(json.ToJsonString());
        }
        return [.. answers];
    }

    /// <param name="isAsked">Which questions must have the same answer; null: all.</param>
    static void Same(string[] expected, string[] answers, string where, Func<int, bool>? isAsked = null)
    {
        for (var i = 0; i < Questions.Length; i++)
            if (isAsked?.Invoke(i) != false) Assert.True(expected[i] == answers[i], $"{where}, {Questions[i]}: {Difference(expected[i], answers[i])}");
    }

    static string Difference(string expected, string answer)
    {
        var from = Math.Max(0, expected.Zip(answer).TakeWhile(pair => pair.First == pair.Second).Count() - 150);
        return $"…{expected[from..Math.Min(expected.Length, from + 400)]}\nbut\n…{answer[Math.Min(from, answer.Length)..Math.Min(answer.Length, from + 400)]}";
    }

    /// <summary>A project that got the same things in disorder.</summary>
    sealed class MessyWorld : IAsyncDisposable
    {
        readonly LakeWorld lake;
        readonly List<Item> items;
        readonly Random random;
        readonly IdentityMode mode;

        MessyWorld(LakeWorld lake, List<Item> items, Random random, QueryApp app, IdentityMode mode) => (this.lake, this.items, this.random, App, this.mode) = (lake, items, random, app, mode);

        public QueryApp App { get; }

        /// <summary>Whether retries may be stored before what they repeat.</summary>
        public bool RetriesOvertake { get; private init; }

        /// <summary>Runs of compaction so far.</summary>
        public int Runs { get; private set; }

        public static async Task<MessyWorld> StartAsync(int seed, List<Item> clean, IdentityMode mode)
        {
            var (random, lake) = (new Random(seed), new LakeWorld(LakeWorld.Eager with { MaxAppendRows = 12, MaxAppendFiles = 2 }, mode));
            var retriesOvertake = seed % 2 == 0;
            var arriving = Arriving(random, clean, retriesOvertake);
            var world = new MessyWorld(lake, arriving, random, await NewAppAsync(lake, arriving, mode), mode) { RetriesOvertake = retriesOvertake };
            for (var arrived = 0; arrived < arriving.Count;)
            {
                var size = random.Next(1, 12);
                var any = random.Next(2);
                // A person's items take one partition, but where it is down.
                foreach (var partition in arriving.Skip(arrived).Take(size).GroupBy(item => retriesOvertake ? any : item.DistinctId.Span[^1] % 2))
                    await lake.Stream.ArriveAsync(partition.Key, partition, perMessage: random.Next(1, 4));
                arrived += size;
                if (random.Next(3) == 0) await world.RedeliverAsync();
                // Somebody looks on, and so keeps columns and a layout that what comes later must not leave as they are.
                if (random.Next(4) == 0) await AskAsync(world.App);
            }
            return world;
        }

        public Task<QueryApp> AnotherAppAsync() => NewAppAsync(lake, items, mode);

        public LakeCompaction NewCompaction() => lake.NewCompaction();

        /// <summary>One run for each table, and now and then a redelivery of what the lake may have already.</summary>
        /// <returns>Whether there is more to do.</returns>
        public async Task<bool> CompactAsync(LakeCompaction compaction)
        {
            if (random.Next(3) == 0) await RedeliverAsync();
            Runs++;
            return await lake.CompactAsync(compaction);
        }

        /// <summary>The consumer stores some of a partition's messages again, under other batch borders.</summary>
        async Task RedeliverAsync()
        {
            var partition = random.Next(2);
            if (lake.Stream.Count(partition) is not (> 0 and var count)) return;
            var first = random.Next(count);
            await lake.Stream.StoreAsync(partition, first, random.Next(first, count));
        }

        /// <summary>Everything at least once: some retried by its sender within the week, some sent on twice as it is, all up to a week late.</summary>
        static List<Item> Arriving(Random random, List<Item> clean, bool retriesOvertake)
        {
            var all = new List<(Item Item, long AtMs)>();
            for (var i = 0; i < clean.Count; i++)
            {
                var atMs = clean[i].ReceivedAtMs + random.NextInt64((7 * Day) - 1);
                all.Add((clean[i], atMs));
                if (random.Next(5) == 0) all.Add((clean[i], clean[i].ReceivedAtMs + random.NextInt64((7 * Day) - 1)));
                if (clean[i].Kind != ItemKind.Event || clean[i].InsertId.Length == 0 || random.Next(2) == 0) continue;
                var retry = Retry(random, clean[i], i);
                var retryAtMs = retry.ReceivedAtMs + random.NextInt64((7 * Day) - 1);
                all.Add((retry, retriesOvertake ? retryAtMs : Math.Max(retryAtMs, atMs + 1)));
            }
            return [.. all.OrderBy(one => one.AtMs).Select(one => one.Item)];
        }

        /// <summary>The same thing sent again: another item id, a later receipt, and a clock that was corrected in another way.</summary>
        static Item Retry(Random random, Item first, int index) => first with
        {
            Id = new(9, (uint)index, index),
            ReceivedAtMs = first.ReceivedAtMs + random.NextInt64(random.Next(2) == 0 ? 5_000 : 6 * Day) + 1,
            TimeMs = first.TimeMs + random.Next(2),
        };

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
