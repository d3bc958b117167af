using System.Net;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>The live view shows the newest events first, each once, to who follows it with the cursor.</summary>
public sealed class Watching_live : IAsyncLifetime
{
    static readonly DateTimeOffset Now = new(2025, 6, 15, 12, 0, 30, TimeSpan.Zero);

    readonly MemoryEvents events = new();
    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(events.Source, Now);

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Shows_the_newest_first_whatever_their_own_time()
    {
        events.AddPart([Event("first", secondsAgo: 30), Event("late, offline for a year", secondsAgo: 10) with { Time = Now.AddYears(-1) }]);
        events.AddPart([Event("second", secondsAgo: 20), Event("nobody's", secondsAgo: 5) with { DistinctId = null }]);

        var answer = await app.JsonAsync("viewer:", "/api/v1/live");

        Assert.Equal(["nobody's", "late, offline for a year", "second", "first"], Names(answer));
        var second = answer.GetProperty("events")[2];
        Assert.Equal("ann", second.GetProperty("person").GetString());
        Assert.Equal("mixpanel", second.GetProperty("dialect").GetString());
        Assert.Equal("{\"n\":1}", second.GetProperty("properties").ToString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("events")[0].GetProperty("person").ValueKind);
    }

    [Fact]
    public async Task Gives_a_follower_each_event_once()
    {
        var cursor = (await app.JsonAsync("viewer:", "/api/v1/live")).GetProperty("cursor").GetString()!;
        var seen = new List<string>();
        for (var batch = 0; batch < 5; batch++)
        {
            // Receipts run backwards: what becomes visible later was received earlier.
            events.AddPart(Enumerable.Range(0, 3).Select(i => Event($"{batch}.{i}", secondsAgo: batch * 10 + i)));
            var answer = await app.JsonAsync("viewer:", "/api/v1/live", ("after", cursor));
            seen.AddRange(Names(answer));
            cursor = answer.GetProperty("cursor").GetString()!;
            Assert.Empty(Names(await app.JsonAsync("viewer:", "/api/v1/live", ("after", cursor))));
        }
        Assert.Equal(15, seen.Distinct().Count());
        Assert.Equal(15, seen.Count);
    }

    [Fact]
    public async Task Counts_what_the_limit_skips()
    {
        events.AddPart(Enumerable.Range(0, 10).Select(i => Event($"{i}", secondsAgo: 1000 - i)));
        events.AddPart(Enumerable.Range(10, 10).Select(i => Event($"{i}", secondsAgo: 500 - i)), leftOut: 9);

        var answer = await app.JsonAsync("viewer:", "/api/v1/live", ("limit", "3"));

        Assert.Equal(["18", "17", "16"], Names(answer));
        Assert.Equal(16, answer.GetProperty("skipped").GetInt32());
        Assert.Empty(Names(await app.JsonAsync("viewer:", "/api/v1/live", ("after", answer.GetProperty("cursor").GetString()!))));
    }

    [Fact]
    public async Task Counts_the_last_hour_by_minute_of_receipt()
    {
        events.AddPart([Event("now", 0), Event("now", 30), Event("a minute ago", 31), Event("an hour ago", 59 * 60 + 30), Event("too old", 59 * 60 + 31)]);

        var answer = await app.JsonAsync("viewer:", "/api/v1/live/last-hour");

        var perMinute = answer.GetProperty("per_minute").EnumerateArray().Select(count => count.GetInt32()).ToArray();
        Assert.Equal((4, 60, 2, 1, 1), (answer.GetProperty("total").GetInt32(), perMinute.Length, perMinute[59], perMinute[58], perMinute[0]));
    }

    [Fact]
    public async Task Counts_files_of_one_minute_without_reading_them()
    {
        events.AddPart([Event("now", 0), Event("now", 30)], leftOut: 1);
        events.AddPart([Event("a minute ago", 31), Event("a minute ago", 90), Event("a minute ago", 60)]);
        events.AddPart([Event("too old", 59 * 60 + 31), Event("too old", 59 * 60 + 40)]);
        events.AddPart([Event("over the border", 30), Event("over the border", 31)]);

        var answer = await app.JsonAsync("viewer:", "/api/v1/live/last-hour");

        var perMinute = answer.GetProperty("per_minute").EnumerateArray().Select(count => count.GetInt32()).ToArray();
        Assert.Equal((6, 2, 4), (answer.GetProperty("total").GetInt32(), perMinute[59], perMinute[58]));
        Assert.Equal(2, answer.GetProperty("coverage").GetProperty("rows_read").GetInt64());
    }

    [Theory]
    [InlineData("after", "!", "after")]
    [InlineData("after", "bm9uc2Vuc2U", "after")]
    [InlineData("limit", "0", "limit")]
    [InlineData("limit", "many", "limit")]
    public async Task Names_the_parameter_at_fault(string name, string value, string field)
    {
        using var answer = await app.GetAsync("viewer:", "/api/v1/live", (name, value));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("/api/v1/live")]
    [InlineData("/api/v1/live/last-hour")]
    public async Task Turns_away_who_only_writes(string path)
    {
        using var answer = await app.GetAsync("token:", path);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    static MemoryEvent Event(string name, int secondsAgo) => new(name, Now.AddSeconds(-secondsAgo), "ann", "{\"n\":1}") { ReceivedAt = Now.AddSeconds(-secondsAgo) };

    static IEnumerable<string> Names(JsonElement answer) => answer.GetProperty("events").EnumerateArray().Select(item => item.GetProperty("event").GetString()!);
}
