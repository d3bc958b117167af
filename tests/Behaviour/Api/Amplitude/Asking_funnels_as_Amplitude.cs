using System.Net;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Amplitude;

/// <summary>Amplitude's funnels: its parameters, its shapes, its rules.</summary>
public sealed class Asking_funnels_as_Amplitude : IAsyncLifetime
{
    const string Signup = """{"event_type":"Signup"}""", Create = """{"event_type":"Create Project"}""", Invite = """{"event_type":"Invite"}""";

    static readonly (string, string)[] Dates = [("start", "20251101"), ("end", "20251102")];

    static readonly (string, string)[] Steps = [("e", Signup), ("e", Create), ("e", Invite)];

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(MemoryEvents.Of(Events()).Source, new(2025, 11, 20, 12, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Answers_the_keys_that_clients_read()
    {
        var answer = await AskAsync(Steps);
        var element = answer.GetProperty("data")[0];
        Assert.Equal(1, answer.GetProperty("numSeries").GetInt32());
        Assert.Equal("""{"segmentIndex":0}""", element.GetProperty("meta").GetRawText());
        Assert.Equal("", element.GetProperty("groupValue").GetString());
        Assert.Equal("""["Signup","Create Project","Invite"]""", element.GetProperty("events").GetRawText());
        Assert.Equal("[4,2,1]", element.GetProperty("cumulativeRaw").GetRawText());
        Assert.Equal("[1,0.5,0.25]", element.GetProperty("cumulative").GetRawText());
        Assert.Equal("[1,0.5,0.5]", element.GetProperty("stepByStep").GetRawText());
        // From the first step to the last, then from step to step.
        // Of bob's equal attempts the earliest counts, a day before he creates a project.
        Assert.Equal("[90000,43245000,60000]", element.GetProperty("medianTransTimes").GetRawText());
        Assert.Equal("[90000,43245000,60000]", element.GetProperty("avgTransTimes").GetRawText());
        Assert.Equal(
            """{"xValues":["2025-11-01","2025-11-02"],"formattedXValues":["Nov 01, 2025","Nov 02, 2025"],"series":[[3,2,1],[2,1,0]],"isComplete":[false,false]}""",
            element.GetProperty("dayFunnels").GetRawText());
        Assert.Equal("[[90000,43245000,60000],[-1,60000,-1]]", element.GetProperty("dayMedianTransTimes").GetProperty("series").GetRawText());
        Assert.Equal(4, element.GetProperty("stepTransTimeDistribution").GetProperty("step_bins").GetArrayLength());
        Assert.Equal(
            """{"start":0,"end":1000,"bin_dist":{"tempKey":[],"uniques":4,"sums":0,"totals":4}}""",
            element.GetProperty("stepTransTimeDistribution").GetProperty("step_bins")[0].GetProperty("bins")[0].GetRawText());
        Assert.Equal("""{"0":4,"1":2,"2":1}""", element.GetProperty("convertedCounts").GetRawText());
        Assert.Equal("""{"0":0,"1":2,"2":1}""", element.GetProperty("dropoffCounts").GetRawText());
    }

    [Fact]
    public async Task Takes_the_steps_under_numbered_names_as_well() =>
        Assert.Equal("[4,2,1]", Raw(await AskAsync(("e", Signup), ("e2", Create), ("e3", Invite))));

    [Fact]
    public async Task A_window_is_thirty_days_unless_cs_says_so()
    {
        Assert.Equal("[4,2,1]", Raw(await AskAsync(Steps)));
        Assert.Equal("[4,1,0]", Raw(await AskAsync([.. Steps, ("cs", "30")])));
        Assert.Equal("""[true,true]""", (await AskAsync([.. Steps, ("cs", "30")])).GetProperty("data")[0].GetProperty("dayFunnels").GetProperty("isComplete").GetRawText());
    }

    [Theory]
    [InlineData("ordered", "[4,2,1]")]
    [InlineData("unordered", "[4,3,1]")]
    [InlineData("sequential", "[4,2,0]")]
    public async Task Modes(string mode, string raw) => Assert.Equal(raw, Raw(await AskAsync([.. Steps, ("mode", mode)])));

    [Fact]
    public async Task Groups_and_segments_are_judged_at_the_entry()
    {
        var grouped = await AskAsync([.. Steps, ("g", "country")]);
        Assert.Equal(["(none) [2,1,0]", "Germany [1,0,0]", "France [1,1,1]"], Elements(grouped).OrderByDescending(text => text.Contains("[2", StringComparison.Ordinal)).ThenByDescending(text => text));
        var compared = await AskAsync([.. Steps, ("s", """[{"prop":"country","op":"is","values":["France"]}]"""), ("s", "[]")]);
        Assert.Equal([" [1,1,1]", " [4,2,1]"], Elements(compared));
        Assert.Equal(1, compared.GetProperty("data")[1].GetProperty("meta").GetProperty("segmentIndex").GetInt32());
    }

    [Fact]
    public async Task Groups_at_the_step_whose_event_names_the_property()
    {
        var answer = await AskAsync(("e", Signup), ("e", """{"event_type":"Create Project","group_by":[{"type":"event","value":"kind"}]}"""));
        Assert.Equal(["(none) [3,1]", "board [1,1]"], Elements(answer));
    }

    [Fact]
    public async Task New_users_only() => Assert.Equal("[3,2,1]", Raw(await AskAsync([.. Steps, ("n", "new")])));

    [Fact]
    public async Task Without_anybody_there_is_no_series()
    {
        var answer = await AskAsync(("e", """{"event_type":"Nothing"}"""), ("e", Invite));
        Assert.Equal(("[]", 0), (answer.GetProperty("data").GetRawText(), answer.GetProperty("numSeries").GetInt32()));
    }

    [Theory]
    [InlineData("e", "", "Invalid e: it is missing")]
    [InlineData("mode", "strict", "Invalid mode strict: ordered, unordered or sequential")]
    [InlineData("cs", "0", "Invalid cs 0: 1 to 31622400 seconds")]
    [InlineData("n", "old", "Invalid n old: active or new")]
    [InlineData("i", "2", "Invalid interval 2")]
    public async Task Says_in_the_vendors_envelope_what_is_wrong(string parameter, string value, string details)
    {
        (string, string)[] query = [.. parameter == "e" ? [] : Steps, .. Dates, (parameter, value)];
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/funnels", query);
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal((HttpStatusCode.BadRequest, details), (answer.StatusCode, error.GetProperty("metadata").GetProperty("details").GetString()));
    }

    [Fact]
    public async Task Turns_away_who_may_not_ask()
    {
        using var wrong = await app.GetAsync("a:b", "/api/2/funnels");
        using var tooLow = await app.GetAsync("token:", "/api/2/funnels");
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (wrong.StatusCode, tooLow.StatusCode));
    }

    Task<JsonElement> AskAsync(params (string, string)[] query) => app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/funnels", [.. Dates, .. query]);

    static string Raw(JsonElement answer) => answer.GetProperty("data")[0].GetProperty("cumulativeRaw").GetRawText();

    static IEnumerable<string> Elements(JsonElement answer) =>
        answer.GetProperty("data").EnumerateArray().Select(element => $"{element.GetProperty("groupValue").GetString()} {element.GetProperty("cumulativeRaw").GetRawText()}");

    static IEnumerable<MemoryEvent> Events()
    {
        var at = new DateTimeOffset(2025, 11, 1, 8, 0, 0, TimeSpan.Zero);
        yield return new("Other", at.AddDays(-5), "dan");
        // Ann goes all the way, with something else in between.
        yield return new("Signup", at, "ann", """{"$country":"France"}""");
        yield return new("Create Project", at.AddSeconds(30), "ann");
        yield return new("Other", at.AddSeconds(40), "ann");
        yield return new("Invite", at.AddSeconds(90), "ann");
        // Bob enters on both days.
        yield return new("Signup", at, "bob");
        yield return new("Signup", at.AddDays(1), "bob");
        yield return new("Create Project", at.AddDays(1).AddSeconds(60), "bob", """{"kind":"board"}""");
        yield return new("Invite", at.AddHours(1), "cid");
        yield return new("Signup", at.AddHours(2), "cid", """{"$country":"Germany"}""");
        yield return new("Signup", at.AddDays(1), "dan");
    }
}
