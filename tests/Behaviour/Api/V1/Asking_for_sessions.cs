using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Sessions over HTTP: lists page by page, CSV, and errors that name the field.</summary>
public sealed class Asking_for_sessions : IAsyncLifetime
{
    static readonly DateTimeOffset Start = new(2025, 6, 1, 8, 0, 0, TimeSpan.Zero);

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(
        MemoryEvents.Of(Enumerable.Range(0, 7).SelectMany(number => new[]
        {
            new MemoryEvent("Visit", Start.AddHours(number), $"u{number % 3}"), new MemoryEvent("Buy, \"now\"", Start.AddHours(number).AddMinutes(number), $"u{number % 3}"),
        })).Source,
        new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("sessions", 7)]
    [InlineData("users", 3)]
    public async Task Lists_go_page_by_page(string of, int count)
    {
        var (found, after) = (new List<string>(), "null");
        do
        {
            var page = JsonDocument.Parse(await TextAsync($$$"""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "people": {"of": "{{{of}}}", "limit": 2, "after": {{{after}}}}}""")).RootElement;
            Assert.Equal(count, page.GetProperty("count").GetInt32());
            found.AddRange(page.GetProperty(of == "users" ? "people" : "sessions").EnumerateArray().Select(one => one.GetRawText()));
            after = page.GetProperty("next").GetRawText();
        }
        while (after != "null");
        Assert.Equal(count, found.Distinct().Count());
        Assert.Equal(count, found.Count);
    }

    [Fact]
    public async Task Numbers_and_lists_come_as_CSV()
    {
        var numbers = (await TextAsync("""{"range": {"from": "2025-06-01", "to": "2025-06-01"}}""", "text/csv")).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal("whole,,7,3,2.3333333333333335,14,2,1260000,180000,420000,90000,180000,270000,324000,356400,360000", numbers[1]);
        Assert.StartsWith("whole,2025-06-01,7,3,", numbers[2], StringComparison.Ordinal);
        var sessions = (await TextAsync("""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "people": {"from_ms": 300000}}""", "text/csv")).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(["person,started_at,length_ms,events,entry,exit", "u0,2025-06-01T14:00:00.000Z,360000,2,Visit,\"Buy, \"\"now\"\"\"", "u2,2025-06-01T13:00:00.000Z,300000,2,Visit,\"Buy, \"\"now\"\"\"", ""], sessions);
    }

    [Theory]
    [InlineData("""{"range": {"last_days": 1}, "bins_ms": [0]}""", "bins_ms")]
    [InlineData("""{"range": {"last_days": 1}, "bins_ms": [5, 5]}""", "bins_ms")]
    [InlineData("""{"range": {"last_days": 1}, "bins_ms": ["a"]}""", "bins_ms[0]")]
    [InlineData("""{"range": {"last_days": 1}, "switches": {"session_timeout_minutes": 1441}}""", "switches.session_timeout_minutes")]
    [InlineData("""{"range": {"last_days": 1}, "switches": {"sessions_by": "property"}}""", "switches.session_property")]
    [InlineData("""{"range": {"last_days": 1}, "switches": {"sessions_by": "events"}}""", "switches.session_starts")]
    [InlineData("""{"range": {"last_days": 1}, "switches": {"sessions": "id"}}""", "switches.sessions")]
    [InlineData("""{"range": {"last_days": 1}, "people": {"bucket": "2024-01-01"}}""", "people.bucket")]
    [InlineData("""{"range": {"last_days": 1}, "people": {"keys": ["pro"]}}""", "people.keys")]
    [InlineData("""{"range": {"last_days": 1}, "people": {"after": "zzz"}}""", "people.after")]
    [InlineData("""{"range": {"last_days": 1}, "people": {"after": "bnVsbA"}}""", "people.after")]
    public async Task What_is_wrong_is_named(string body, string field)
    {
        using var answer = await PostAsync(body, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_session_that_cannot_be_cut_stops_a_funnel_as_well()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/funnels")
        {
            Content = new StringContent("""{"range": {"last_days": 1}, "steps": ["A"], "counting": "sessions", "switches": {"sessions_by": "events"}}""", Encoding.UTF8, "application/json"),
        };
        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("switches.session_starts", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
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
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/sessions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd(accept);
        return app.SendAsync(QueryApp.ServiceAccount, request);
    }
}
