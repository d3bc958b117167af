using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Mixpanel;

/// <summary>Mixpanel's funnels: kept here, asked by their ids, answered in Mixpanel's shape.</summary>
public sealed class Asking_funnels_as_Mixpanel : IAsyncLifetime
{
    static readonly DateTimeOffset Now = new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero);

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(MemoryEvents.Of(Events()).Source, Now);

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Answers_the_documented_shape()
    {
        var id = await KeepAsync("""{"range": {"last_days": 30}, "steps": ["App Open", {"event": "Game Played", "label": "Plays"}], "window": {"days": 1}}""");
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/funnels", ("funnel_id", id), ("from_date", "2025-06-08"), ("to_date", "2025-06-09"));

        Assert.Equal(["2025-06-08", "2025-06-09"], answer.GetProperty("meta").GetProperty("dates").EnumerateArray().Select(date => date.GetString()));
        var first = answer.GetProperty("data").GetProperty("2025-06-08");
        Assert.Equal(
            """[{"count":2,"avg_time":null,"avg_time_from_start":null,"step_conv_ratio":1,"goal":"App Open","step_label":"App Open","overall_conv_ratio":1,"event":"App Open"},{"count":1,"avg_time":90,"avg_time_from_start":90,"step_conv_ratio":0.5,"goal":"Game Played","step_label":"Plays","overall_conv_ratio":0.5,"event":"Game Played"}]""",
            first.GetProperty("steps").GetRawText());
        Assert.Equal("""{"completion":1,"starting_amount":2,"steps":2,"worst":1}""", first.GetProperty("analysis").GetRawText());
        // A person may enter on each day.
        Assert.Equal("1 0", Counts(answer.GetProperty("data").GetProperty("2025-06-09").GetProperty("steps")));
    }

    [Fact]
    public async Task Breaks_down_by_date_with_the_overall_beside()
    {
        var id = await KeepAsync("""{"range": {"last_days": 30}, "steps": ["App Open", "Game Played"]}""");
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/2.0/funnels/", ("funnel_id", id), ("from_date", "2025-06-08"), ("to_date", "2025-06-09"), ("on", "properties[\"$browser\"]"), ("interval", "2"), ("limit", "1"));
        var date = answer.GetProperty("data").GetProperty("2025-06-08");
        Assert.Equal(["$overall", "Chrome", "$other"], date.EnumerateObject().Select(member => member.Name));
        Assert.Equal("2 1", Counts(date.GetProperty("$overall")));
        Assert.Equal("1 1", Counts(date.GetProperty("Chrome")));
        Assert.Equal("2 0", Counts(date.GetProperty("$other")));
    }

    [Fact]
    public async Task Parameters_stand_over_what_is_kept()
    {
        var id = await KeepAsync("""{"range": {"last_days": 30}, "steps": ["App Open", "Game Played"]}""");
        (string, string)[] dates = [("funnel_id", id), ("from_date", "2025-06-08"), ("to_date", "2025-06-08")];
        async Task<string> AskAsync(params (string, string)[] more) =>
            Counts((await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/funnels", [.. dates, .. more])).GetProperty("data").GetProperty("2025-06-08").GetProperty("steps"));
        Assert.Equal("2 1", await AskAsync());
        Assert.Equal("2 0", await AskAsync(("length", "1"), ("length_unit", "minute")));
        Assert.Equal("2 1", await AskAsync(("length", "90"), ("length_unit", "second")));
        Assert.Equal("1 0", await AskAsync(("where", "properties[\"$browser\"] == \"Firefox\"")));
    }

    [Fact]
    public async Task Answers_a_funnel_given_event_by_event()
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/funnels",
            ("events", """[{"event": "App Open", "selector": "properties[\"$browser\"] == \"Chrome\""}, "Game Played"]"""), ("from_date", "2025-06-08"), ("to_date", "2025-06-09"), ("unit", "week"));
        Assert.Equal("1 1", Counts(answer.GetProperty("data").GetProperty("2025-06-02").GetProperty("steps")));
    }

    [Fact]
    public async Task Lists_the_funnels_that_are_kept_and_no_other_report()
    {
        Assert.Equal("[]", (await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/funnels/list")).GetRawText());
        await KeepAsync("""{"range": {"last_days": 7}, "events": ["View"]}""", "segmentation");
        var id = await KeepAsync("""{"range": {"last_days": 30}, "steps": ["App Open", "Game Played"]}""");
        Assert.Equal($$"""[{"funnel_id":{{id}},"name":"kept"}]""", (await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/funnels/list")).GetRawText());
    }

    [Theory]
    [InlineData("", "funnel_id is required")]
    [InlineData("events=[\"A\"]", "from_date is required")]
    [InlineData("funnel_id=7509&from_date=2025-06-08&to_date=2025-06-09", "funnel_id names no funnel of this project; funnels/list tells which there are")]
    [InlineData("events=[]&from_date=2025-06-08&to_date=2025-06-09", "events must be a JSON list such as [{\"event\": \"Signed up\"}, {\"event\": \"Purchase\", \"selector\": \"…\"}]")]
    [InlineData("events=[\"A\",\"B\"]&from_date=2025-06-08&to_date=2025-06-09&unit=hour", "unit must be day, week or month")]
    [InlineData("events=[\"A\",\"B\"]&from_date=2025-06-08&to_date=2025-06-09&length=1&length_unit=month", "length_unit must be second, minute, hour or day, not month")]
    public async Task Says_in_the_vendors_words_what_is_wrong(string query, string error)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, $"/api/query/funnels?{query}");
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.StatusCode, body.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("nobody:", HttpStatusCode.Unauthorized)]
    [InlineData("token:", HttpStatusCode.Forbidden)]
    public async Task Turns_away_who_may_not_ask(string credentials, HttpStatusCode expected)
    {
        foreach (var leaf in new[] { "funnels", "funnels/list" })
        {
            using var answer = await app.GetAsync(credentials, $"/api/query/{leaf}");
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    static string Counts(JsonElement steps) => string.Join(' ', steps.EnumerateArray().Select(step => step.GetProperty("count").ToString()));

    static IEnumerable<MemoryEvent> Events()
    {
        var at = new DateTimeOffset(2025, 6, 8, 8, 0, 0, TimeSpan.Zero);
        yield return new("App Open", at, "ann", """{"$browser":"Chrome"}""");
        yield return new("Game Played", at.AddSeconds(90), "ann");
        yield return new("App Open", at, "bob", """{"$browser":"Firefox"}""");
        yield return new("App Open", at.AddDays(1), "ann", """{"$browser":"Safari"}""");
    }

    async Task<string> KeepAsync(string definition, string report = "funnels")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports")
        {
            Content = new StringContent($$"""{"name": "kept", "report": "{{report}}", "definition": {{definition}}}""", Encoding.UTF8, "application/json"),
        };
        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;
    }
}
