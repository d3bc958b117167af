using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Flows over HTTP: lists page by page, CSV, and errors that name the field.</summary>
public sealed class Asking_for_flows : IAsyncLifetime
{
    static readonly DateTimeOffset Start = new(2025, 6, 1, 8, 0, 0, TimeSpan.Zero);

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(
        MemoryEvents.Of(Enumerable.Range(0, 5).SelectMany(number => new[]
        {
            new MemoryEvent("Visit", Start, $"u{number}"), new MemoryEvent("Visit", Start, $"u{number}"), new MemoryEvent("View", Start.AddMinutes(1), $"u{number}", """{"page":"a, \"b\""}"""),
        })).Source,
        new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("uniques", 5)]
    // Two visits at one moment look the same, and are two.
    [InlineData("totals", 10)]
    public async Task Lists_go_page_by_page(string counting, int count)
    {
        var (found, after) = (new List<string>(), "null");
        do
        {
            var page = JsonDocument.Parse(await TextAsync($$$"""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "anchors": ["Visit"], "counting": "{{{counting}}}", "people": {"event": "Visit", "limit": 3, "after": {{{after}}}}}""")).RootElement;
            Assert.Equal(count, page.GetProperty("count").GetInt32());
            found.AddRange(page.GetProperty("people").EnumerateArray().Select(one => one.GetRawText()));
            after = page.GetProperty("next").GetRawText();
        }
        while (after != "null");
        Assert.Equal(count, found.Count);
        Assert.Equal(5, found.Distinct().Count());
    }

    [Fact]
    public async Task Links_and_lists_come_as_CSV()
    {
        var links = (await TextAsync("""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "anchors": ["Visit"], "collapse_repeats": true, "expand": [{"event": "View", "by": "event.page"}], "forward": 2}""", "text/csv")).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(
            ["from_step,from_kind,from_event,from_value,to_step,to_kind,to_event,to_value,count", "0,anchor,Visit,,1,event,View,\"a, \"\"b\"\"\",5", "1,event,View,\"a, \"\"b\"\"\",2,dropoff,,,5", ""], links);
        var paths = (await TextAsync("""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "anchors": ["Visit"], "people": {"event": "Visit"}}""", "text/csv")).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(["person,at", "u0,2025-06-01T08:00:00.000Z", "u1,2025-06-01T08:00:00.000Z"], paths[..3]);
    }

    [Theory]
    [InlineData("""{"range": {"last_days": 1}}""", "anchors")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A", "A"]}""", "anchors")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": [{"events": []}]}""", "anchors[0].events")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "forward": 11}""", "forward")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "forward": 0}""", "forward")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "forward": 0, "reverse": 1, "goal": ["B"]}""", "goal")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "window": {"sessions": 2}}""", "window.sessions")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "window": {"days": 2}, "counting": "sessions"}""", "window")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "expand": [{"event": "B"}]}""", "expand[0].by")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "expand": [{"event": "B", "by": "event.x"}, {"event": "B", "by": "event.y"}]}""", "expand")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "people": {"step": 4, "kind": "other"}}""", "people.step")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "people": {"step": 1}}""", "people.event")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "people": {"event": "A", "next_to": {"event": "B"}}}""", "people.next_to")]
    [InlineData("""{"range": {"last_days": 1}, "anchors": ["A"], "people": {"event": "A", "after": "eyJMYXN0Ijp7fX0"}}""", "people.after")]
    public async Task What_is_wrong_is_named(string body, string field)
    {
        using var answer = await PostAsync(body, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task Amplitude_tells_five_events_of_a_step_one_by_one_and_Mixpanel_three()
    {
        await using var many = await QueryApp.StartAsync(
            MemoryEvents.Of(Enumerable.Range(0, 9).SelectMany(number => new[] { new MemoryEvent("Visit", Start, $"u{number}"), new MemoryEvent($"Event {number}", Start.AddMinutes(1), $"u{number}") })).Source,
            new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));
        foreach (var (preset, count) in new[] { ("mixpanel", 3), ("amplitude", 5) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/flows")
            {
                Content = new StringContent($$$"""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "anchors": ["Visit"], "forward": 1, "preset": "{{{preset}}}"}""", Encoding.UTF8, "application/json"),
            };
            using var answer = await many.SendAsync(QueryApp.ServiceAccount, request);
            var nodes = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("levels")[1].GetProperty("nodes").EnumerateArray().ToList();
            Assert.Equal((count, "other", 9 - count, 9 - count), (nodes.Count - 1, nodes[^1].GetProperty("kind").GetString(), nodes[^1].GetProperty("count").GetInt32(), nodes[^1].GetProperty("events").GetInt32()));
        }
    }

    async Task<string> TextAsync(string body, string accept = "application/json")
    {
        using var answer = await PostAsync(body, accept);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    Task<HttpResponseMessage> PostAsync(string body, string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/flows") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd(accept);
        return app.SendAsync(QueryApp.ServiceAccount, request);
    }
}
