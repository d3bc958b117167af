using System.Net;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Mixpanel;

/// <summary>Mixpanel's <c>/stream/query</c> in Mixpanel's shape: what some users did.</summary>
public sealed class Asking_for_activity_as_Mixpanel : IAsyncLifetime
{
    static readonly MemoryEvent[] Events =
    [
        new("Game Played", At(1, 9), "ann", """{"$browser":"Chrome","$city":"Austin","distinct_id":"spoofed","time":5}""") { InsertId = "a" }, new("View", At(2, 9), "bob", """{"n":1}""") { InsertId = "b" },
        new("View", At(3, 9), "ann") { InsertId = "c" }, new("View", At(4, 9), "cid") { InsertId = "d" }, new("View", At(9, 9), "ann") { InsertId = "e" },
    ];

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    static DateTimeOffset At(int day, int hour) => new(2025, 6, day, hour, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Gives_the_documented_shape()
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/stream/query", ("distinct_ids", "[\"ann\"]"), ("from_date", "2025-06-01"), ("to_date", "2025-06-01"));
        Assert.Equal(
            """{"status":"ok","results":{"events":[{"event":"Game Played","properties":{"time":1748768400,"distinct_id":"ann","$distinct_id":"ann","$insert_id":"a","$browser":"Chrome","$city":"Austin"}}]}}""",
            await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("X-Cairn-Rows-Read"));
    }

    [Theory]
    [InlineData("[\"ann\",\"bob\"]", "2025-06-01", "2025-06-08", "c b a")]
    [InlineData("[\"bob\",\"ann\",\"bob\"]", "2025-06-02", "2025-06-09", "e c b")]
    [InlineData("ann", "2025-06-03", "2025-06-03", "c")]
    [InlineData("[\"nobody\"]", "2025-06-01", "2025-06-09", "")]
    public async Task Newest_first_each_event_once(string ids, string from, string to, string expected)
    {
        var answer = await app.JsonAsync(QueryApp.ServiceAccount, "/api/2.0/stream/query", ("distinct_ids", ids), ("from_date", from), ("to_date", to));
        Assert.Equal(expected, string.Join(' ', answer.GetProperty("results").GetProperty("events").EnumerateArray().Select(row => row.GetProperty("properties").GetProperty("$insert_id").GetString())));
    }

    [Theory]
    [InlineData("", "2025-06-01", "2025-06-09", "distinct_ids is required")]
    [InlineData("[]", "2025-06-01", "2025-06-09", "distinct_ids must name 1 to 100 users")]
    [InlineData("[\"ann\"]", "", "2025-06-09", "from_date is required")]
    [InlineData("[\"ann\"]", "2025-06-09", "2025-06-01", "to_date is before from_date")]
    public async Task Says_which_parameter_is_wrong(string ids, string from, string to, string error)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/stream/query", ("distinct_ids", ids), ("from_date", from), ("to_date", to));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
    }
}
