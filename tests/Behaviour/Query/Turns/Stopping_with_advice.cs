using System.Text;
using System.Text.Json;
using Cairn.Query.Turns;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Turns;

/// <summary>Of every class of report: one that needs more memory than a report has stops, and says of what it asks for there must be less; the next is answered.</summary>
public class Stopping_with_advice
{
    const string Range = "\"range\": {\"from\": \"2025-06-01\", \"to\": \"2025-06-30\"}";

    static readonly DateTimeOffset Now = new(2025, 7, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("segmentation", "breakdowns", """, "events": [{"event": "A"}], "breakdowns": ["event.own"]""", """, "events": [{"event": "A"}]""")]
    [InlineData("segmentation", "range", """, "events": [{"event": "A"}], "measure": {"aggregate": "median", "of": "event.n"}""", """, "events": [{"event": "A"}], "measure": {"aggregate": "sum", "of": "event.n"}""")]
    [InlineData("funnels", "range", """, "steps": ["A", "B"], "counting": "totals" """, """, "steps": ["No", "B"], "counting": "totals" """)]
    [InlineData("funnels", "breakdowns", """, "steps": ["A", "B"], "breakdowns": ["event.own"], "filter": "properties[\"n\"] < 600" """, """, "steps": ["A", "B"], "filter": "properties[\"n\"] < 100" """)]
    [InlineData("funnels", "range", """, "steps": ["A", "B"], "counting": "totals", "people": {"who": "reached", "step": 1} """, """, "steps": ["A", "B"], "filter": "properties[\"n\"] < 100", "people": {"who": "reached", "step": 1} """)]
    [InlineData("retention", "breakdowns", """, "birth": {"event": "A"}, "return": {"event": "B"}, "breakdowns": ["event.own"]""", """, "birth": {"event": "A"}, "return": {"event": "B"}""")]
    [InlineData("retention", "breakdowns", """, "birth": {"event": "A"}, "return": {"event": "B"}, "breakdowns": ["event.own"], "people": {"row": "2025-06-01", "bucket": 0}""", """, "birth": {"event": "A"}, "return": {"event": "B"}, "people": {"row": "2025-06-01", "bucket": 0}""")]
    [InlineData("stickiness", "breakdowns", """, "events": [{"event": "A"}], "breakdowns": ["event.own"]""", """, "events": [{"event": "A"}]""")]
    public async Task A_report_past_its_memory_says_what_to_narrow(string report, string field, string heavy, string light)
    {
        await using var app = await QueryApp.StartAsync(Source(), Now, memory: new(ofReport: 100_000));
        using var refused = await AskAsync(app, report, heavy);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(400, (int)refused.StatusCode);
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains("MiB of memory: ", error.GetProperty("detail").GetString(), StringComparison.Ordinal);

        using var answered = await AskAsync(app, report, light);
        Assert.True(answered.IsSuccessStatusCode, await answered.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Whoever_finds_the_memory_taken_by_others_is_asked_to_come_again()
    {
        var pool = new ReportMemoryPool(ofAll: 1_000);
        await using var app = await QueryApp.StartAsync(Source(20_000), Now, memory: pool);
        const string question = """, "events": [{"event": "A"}], "breakdowns": ["event.own"]""";
        using var refused = await AskAsync(app, "segmentation", question);
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        using var light = await AskAsync(app, "segmentation", """, "events": [{"event": "A"}]""");
        Assert.True(light.IsSuccessStatusCode, await light.Content.ReadAsStringAsync());
    }

    static Cairn.Query.Scanning.IEventSource Source(int count = 8_000) => MemoryEvents.Of(Enumerable.Range(0, count).SelectMany(i => new[]
    {
        new MemoryEvent("A", Now.AddDays(-30).AddMinutes(i % 40_000), $"u{i}", $$"""{"own": "value {{i}}", "n": {{i}}}"""),
        new MemoryEvent("B", Now.AddDays(-30).AddMinutes(i % 40_000 + 1), $"u{i}", $$"""{"own": "value {{i}}", "n": {{i}}}"""),
    })).Source;

    static async Task<HttpResponseMessage> AskAsync(QueryApp app, string report, string rest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{report}") { Content = new StringContent($"{{{Range}{rest}}}", Encoding.UTF8, "application/json") };
        return await app.SendAsync(QueryApp.ServiceAccount, request);
    }
}
