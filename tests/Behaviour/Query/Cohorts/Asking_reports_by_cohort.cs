using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Cohorts;

/// <summary>Every report takes a saved cohort as a filter, as a compared filter, in a condition and as a breakdown.</summary>
public sealed class Asking_reports_by_cohort : IAsyncLifetime
{
    static readonly MemoryEvent[] Events =
    [
        new("Sign Up", At(1), "ann"), new("Buy", At(2), "ann"), new("Buy", At(3), "ann"),
        new("Sign Up", At(1), "bob"), new("Buy", At(2), "bob"),
        new("Sign Up", At(1), "cid"), new("Buy", At(4), null),
    ];

    static readonly CohortCondition TwiceOrMore = new CohortCondition.Did([EventSelection.Named("Buy")], new CohortMeasure.Count(), Comparison.AtLeast, 2, TimeRange.Ever);

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(
        MemoryEvents.Of(Events).Source, new(2025, 6, 9, 12, 0, 0, TimeSpan.Zero), cohorts: new MemoryCohorts().With("power", TwiceOrMore).With("others", new CohortCondition.Not(new CohortCondition.In("power"))).With("self", new CohortCondition.Not(new CohortCondition.In("self"))));

    public async Task DisposeAsync() => await app.DisposeAsync();

    static DateTimeOffset At(int day) => new(2025, 6, day, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("\"filter\": \"cohort[\\\"power\\\"]\"", "Buy 2")]
    [InlineData("\"filter\": \"not cohort[\\\"power\\\"]\"", "Buy 2")] // bob's, and that of nobody
    [InlineData("\"filter\": \"cohort[\\\"others\\\"]\"", "Buy 1")]
    [InlineData("\"breakdowns\": [\"cohort.power\"]", "Buy false 2, Buy true 2")]
    [InlineData("\"breakdowns\": [\"cohort.power\"], \"measure\": \"uniques\"", "Buy false 1, Buy true 1")]
    public async Task Segmentation(string asked, string expected)
    {
        var answer = await AskAsync("segmentation", $$"""{"range": {"from": "2025-06-01", "to": "2025-06-05"}, "events": ["Buy"], {{asked}}}""");
        Assert.Equal(expected, string.Join(", ", answer.GetProperty("series").EnumerateArray().Select(series => string.Join(' ', series.GetProperty("keys").EnumerateArray().Select(key => key.ToString()).Prepend("Buy").Append(series.GetProperty("whole").ToString())))));
    }

    [Fact]
    public async Task Retention()
    {
        var answer = await AskAsync("retention", """{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "birth": "Sign Up", "return": "Buy", "buckets": 2, "breakdowns": ["cohort.power"]}""");
        Assert.Equal(
            ["false 2 [0,1,0]", "true 1 [0,1,1]"],
            answer.GetProperty("series").EnumerateArray().Select(series => $"{series.GetProperty("keys")[0]} {series.GetProperty("rows")[0].GetProperty("size")} {series.GetProperty("rows")[0].GetProperty("counts").GetRawText()}"));
    }

    [Theory]
    [InlineData("funnels", "\"steps\": [\"Sign Up\", \"Buy\"], \"filter\": \"cohort[\\\"power\\\"]\"", "\"step\": 1", "ann")]
    [InlineData("funnels", "\"steps\": [\"Sign Up\", \"Buy\"], \"breakdowns\": [\"cohort.power\"]", "\"step\": 1, \"keys\": [\"false\"]", "bob cid")]
    [InlineData("funnels", "\"steps\": [\"Sign Up\", {\"event\": \"Buy\", \"filter\": \"not cohort[\\\"power\\\"]\"}]", "\"step\": 2", "bob")]
    [InlineData("retention", "\"birth\": \"Sign Up\", \"return\": \"Buy\", \"filter\": \"cohort[\\\"power\\\"]\"", "\"row\": \"2025-06-01\"", "ann")]
    [InlineData("retention", "\"birth\": \"Sign Up\", \"return\": \"Buy\", \"breakdowns\": [\"cohort.power\"]", "\"row\": \"2025-06-01\", \"keys\": [\"false\"]", "bob cid")]
    [InlineData("stickiness", "\"filter\": \"cohort[\\\"power\\\"]\"", "\"row\": \"2025-05-26\"", "ann")]
    [InlineData("stickiness", "\"breakdowns\": [\"cohort.power\"]", "\"row\": \"2025-05-26\", \"keys\": [\"false\"]", "bob cid")]
    [InlineData("lifecycle", "\"filter\": \"cohort[\\\"power\\\"]\"", "\"row\": \"2025-05-26\", \"status\": \"new\"", "ann")]
    [InlineData("lifecycle", "\"breakdowns\": [\"cohort.power\"]", "\"row\": \"2025-05-26\", \"status\": \"new\", \"keys\": [\"false\"]", "bob cid")]
    [InlineData("revenue", "\"filter\": \"cohort[\\\"power\\\"]\"", "\"who\": \"active\"", "ann")]
    [InlineData("revenue", "\"breakdowns\": [\"cohort.power\"]", "\"who\": \"active\", \"keys\": [\"false\"]", "bob cid")]
    [InlineData("lifetime-value", "\"compare\": [{\"label\": \"power\", \"filter\": \"cohort[\\\"power\\\"]\"}]", "\"row\": \"2025-06-01\"", "ann")]
    [InlineData("lifetime-value", "\"breakdowns\": [\"cohort.power\"]", "\"keys\": [\"false\"]", "bob cid")]
    [InlineData("composition", "\"by\": [\"event.x\"], \"filter\": \"cohort[\\\"power\\\"]\"", "", "ann")]
    [InlineData("composition", "\"by\": [\"cohort.power\"]", "\"keys\": [\"false\"]", "bob cid")]
    public async Task Every_report_down_to_the_people(string report, string asked, string people, string expected)
    {
        var answer = await AskAsync(report, "{\"range\": {\"from\": \"2025-06-01\", \"to\": \"2025-06-05\"}, " + asked + ", \"people\": {" + people + "}}");
        var found = answer.GetProperty("people").EnumerateArray().Select(person => person.ValueKind == JsonValueKind.Object ? person.GetProperty("person").ToString() : person.ToString()).ToList();
        Assert.Equal((expected, found.Count), (string.Join(' ', found), answer.GetProperty("count").GetInt32()));
    }

    [Theory]
    [InlineData("is", "[[2]]")]
    [InlineData("is not", "[[1]]")]
    public async Task A_segment_of_Amplitude(string @operator, string series)
    {
        var answer = await app.JsonAsync(
            QueryApp.AmplitudeKeys, "/api/2/events/segmentation", ("e", "{\"event_type\":\"Buy\"}"), ("m", "totals"), ("start", "20250601"), ("end", "20250603"), ("i", "30"),
            ("s", "[{\"prop\":\"userdata_cohort\",\"op\":\"" + @operator + "\",\"values\":[\"power\"]}]"));
        Assert.Equal(series, answer.GetProperty("data").GetProperty("series").GetRawText());
    }

    [Fact]
    public async Task A_cohort_of_a_cohort()
    {
        var answer = await AskAsync("cohorts", """{"condition": {"all": [{"cohort": "others"}, {"did": "Buy"}]}}""");
        Assert.Equal("bob", string.Join(' ', answer.GetProperty("people").EnumerateArray()));
    }

    [Fact]
    public async Task A_cohort_that_is_kept_among_the_reports()
    {
        await using var keeping = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, new(2025, 6, 9, 12, 0, 0, TimeSpan.Zero));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports")
        {
            Content = new StringContent("""{"name": "Power", "report": "cohorts", "definition": {"condition": {"did": "Buy", "value": 2, "within": {"last_days": 8}}}}""", Encoding.UTF8, "application/json"),
        };
        using var kept = await keeping.SendAsync(QueryApp.ServiceAccount, request);
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        var id = JsonDocument.Parse(await kept.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();

        using var question = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/segmentation")
        {
            Content = new StringContent("{\"range\": {\"last_days\": 9}, \"events\": [\"Sign Up\"], \"breakdowns\": [\"cohort." + id + "\"]}", Encoding.UTF8, "application/json"),
        };
        using var answer = await keeping.SendAsync(QueryApp.ServiceAccount, question);
        var series = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("series").EnumerateArray();
        Assert.Equal(["false 2", "true 1"], series.Select(one => $"{one.GetProperty("keys")[0]} {one.GetProperty("whole")}"));
    }

    [Theory]
    [InlineData("segmentation", """{"range": {"last_days": 3}, "events": ["Buy"], "filter": "cohort[\"nobody\"]"}""", "there is no cohort nobody")]
    [InlineData("cohorts", """{"condition": {"cohort": "nobody"}}""", "there is no cohort nobody")]
    [InlineData("cohorts", """{"condition": {"cohort": "self"}}""", "the cohort self refers to itself")]
    [InlineData("cohorts", """{"condition": {"did": {"event": "Buy", "filter": "cohort[\"power\"]"}}}""", "name another cohort by a condition of its own: {\"cohort\": \"123456789\"}")]
    public async Task Says_what_is_wrong_with_a_cohort(string report, string question, string detail)
    {
        using var answer = await SendAsync(report, question);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(detail, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0].GetProperty("detail").GetString());
    }

    async Task<JsonElement> AskAsync(string report, string question)
    {
        using var answer = await SendAsync(report, question);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        return body;
    }

    async Task<HttpResponseMessage> SendAsync(string report, string question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{report}") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        return await app.SendAsync(QueryApp.ServiceAccount, request);
    }
}
