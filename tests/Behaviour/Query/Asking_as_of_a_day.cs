using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query;

/// <summary>A question as of a day answers as if it had been asked at that day's end: what came later has not happened.</summary>
public class Asking_as_of_a_day
{
    const string Zone = "America/New_York", Day = "2025-03-09"; // a day of 23 hours there

    static readonly DateTimeOffset End = new(2025, 3, 10, 4, 0, 0, TimeSpan.Zero);

    static readonly int Worlds = FullRun.Count(6, 300);

    static readonly (string Path, string Body)[] Questions =
    [
        ("funnels", """{RANGE, "steps": ["A", "B", "C"], "window": {"days": 5}}"""),
        ("funnels", """{RANGE, "steps": ["A", "B"], "counting": "totals", "order": "any", "unit": "day", "breakdowns": ["event.plan"]}"""),
        ("funnels", """{RANGE, "steps": ["A", "B"], "order": "exact", "entrants": "new", "preset": "amplitude"}"""),
        ("funnels", """{RANGE, "steps": ["A", "C"], "window": {"sessions": 1}, "exclusions": ["B"]}"""),
        ("funnels", """{RANGE, "steps": ["A", "B"], "counting": "sessions"}"""),
        ("funnels", """{RANGE, "steps": ["A", "B"], "filter": "cohort[\"123456789\"]", "people": {"step": 1}}"""),
        ("retention", """{RANGE, "birth": "A", "buckets": 6}"""),
        ("retention", """{RANGE, "birth": "A", "return": "B", "criterion": "on_or_after", "buckets": 4, "breakdowns": ["user.plan"]}"""),
        ("retention", """{RANGE, "birth": "A", "births": "first_ever", "alignment": "calendar", "criterion": "streak", "sum_of": "event.n"}"""),
        ("retention", """{RANGE, "birth": "A", "preset": "amplitude", "breakdowns": ["event.plan"], "breakdown_at": "return", "people": {"bucket": 1}}"""),
        ("cohorts", """{"condition": {"did": "A", "value": 2}}"""),
        ("cohorts", """{"condition": {"all": [{"did_not": "B"}, {"did_not": "C"}]}}"""),
        ("cohorts", """{"condition": {"any": [{"sequence": ["A", "B"], "in": {"days": 2}}, {"latest": "C", "matches": "properties[\"n\"] > 2"}, {"user": "user[\"plan\"] == \"pro\""}]}}"""),
        ("cohorts", """{"condition": {"funnel": {RANGE, "steps": ["A", "B"]}, "who": "dropped", "step": 1}}"""),
        ("cohorts", """{"condition": {"all": [{"cohort": "123456789"}, {"first_did": "A"}]}}"""),
    ];

    [Fact]
    public async Task Answers_as_if_what_came_later_had_not_happened()
    {
        var changed = 0;
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var events = Events(new Random(seed)).ToList();
            await using var later = await AppAsync(events, End.AddDays(20));
            await using var then = await AppAsync(events.Where(one => one.Time < End), End);
            foreach (var (path, body) in Questions)
            {
                var (expected, answer, now) = (await AskAsync(then, path, body, asOf: false), await AskAsync(later, path, body, asOf: true), await AskAsync(later, path, body, asOf: false));
                Assert.True(expected == answer, $"seed {seed}, {path} {body}:\n{expected}\nbut\n{answer}");
                if (now != answer) changed++;
            }
        }
        // Without later events that matter this would show nothing.
        Assert.True(changed > Worlds * 5, $"{changed} answers are others today");
        FullRun.Keep(this, $"seeds 1 to {Worlds}: {Questions.Length} questions each, as of a day as at its end; {changed} of them answer otherwise later");
    }

    [Theory]
    [InlineData("""{"range": {"last_days": 3}, "steps": ["A"], "unit": "day", "as_of": "2025-03-09"}""", "2025-03-07 2025-03-08 2025-03-09")]
    [InlineData("""{"range": {"last_days": 2}, "steps": ["A"], "unit": "day", "as_of": "2025-03-10"}""", "2025-03-09 2025-03-10")]
    public async Task The_last_days_end_with_that_day(string body, string buckets)
    {
        await using var app = await AppAsync([], End.AddDays(20));
        var answer = JsonNode.Parse(await TextAsync(app, "funnels", body))!;
        Assert.Equal(buckets, string.Join(' ', answer["buckets"]!.AsArray().Select(bucket => (string)bucket!)));
    }

    static async Task<QueryApp> AppAsync(IEnumerable<MemoryEvent> events, DateTimeOffset now)
    {
        var people = new MemoryPeople();
        for (var i = 0; i < 12; i += 2) people.With($"u{i}", $$"""{"plan": "{{(i % 4 == 0 ? "pro" : "free")}}"}""");
        var source = new MemoryEvents();
        foreach (var part in events.Chunk(40)) source.AddPart(part);
        var saved = Cairn.Query.Definitions.CohortCondition.Did.AtAll([Cairn.Query.Definitions.EventSelection.Named("C")], Cairn.Query.Definitions.TimeRange.Ever);
        return await QueryApp.StartAsync(source.Source, now, Zone, people, new MemoryCohorts().With("123456789", saved));
    }

    static async Task<string> AskAsync(QueryApp app, string path, string body, bool asOf)
    {
        var question = JsonNode.Parse(body.Replace("RANGE", "\"range\": {\"from\": \"2025-03-03\", \"to\": \"2025-03-09\"}", StringComparison.Ordinal))!.AsObject();
        if (asOf) question["as_of"] = Day;
        var answer = JsonNode.Parse(await TextAsync(app, path, question.ToJsonString()))!.AsObject();
        answer.Remove("coverage");
        return answer.ToJsonString();
    }

    static async Task<string> TextAsync(QueryApp app, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var reply = await app.SendAsync(QueryApp.ServiceAccount, request);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{path} {body}: {text}");
        return text;
    }

    static IEnumerable<MemoryEvent> Events(Random random)
    {
        var start = new DateTimeOffset(2025, 2, 27, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 160; i++)
        {
            var properties = string.Create(CultureInfo.InvariantCulture, $$"""{"plan": "{{(random.Next(2) == 0 ? "pro" : "free")}}", "n": {{random.Next(5)}}}""");
            yield return new(new[] { "A", "B", "C" }[random.Next(3)], start.AddMinutes(random.Next(20 * 24 * 60)).AddMilliseconds(i), $"u{random.Next(14)}", properties);
        }
    }
}
