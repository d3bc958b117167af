using System.Net;
using System.Text.Json;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Mixpanel;

/// <summary>The profile query answers in Mixpanel's shape, to the requests that its clients send.</summary>
public sealed class Querying_profiles_as_Mixpanel(Querying_profiles_as_Mixpanel.Club club) : IClassFixture<Querying_profiles_as_Mixpanel.Club>
{
    const string Engage = "/api/query/engage";
    readonly QueryApp app = club.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Club : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var people = new MemoryPeople()
                .With("ann", """{"$email":"ann@example.org","plan":"pro","age":31,"tags":["a","b"]}""")
                .With("bob", """{"$name":"Bob B.","plan":"free","age":45}""")
                .With("cid", """{"plan":"pro","time":"noon","nested":{"a": 1}}""")
                .WithGroup("company", "acme", """{"tier":1}""")
                .WithGroup("company", "bolt", """{"tier":2}""");
            for (var n = 0; n < 25; n++) people.With($"zz{n:00}", """{"plan":"bulk"}""");
            App = await QueryApp.StartAsync(MemoryEvents.Of().Source, new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero), people: people);
        }

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    [Fact]
    public async Task Answers_with_ids_properties_and_what_a_client_pages_by()
    {
        var answer = await AskAsync(("distinct_id", "ann"));
        Assert.Equal(["page", "page_size", "results", "session_id", "status", "total"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            """[{"$distinct_id":"ann","$properties":{"$email":"ann@example.org","age":31,"plan":"pro","tags":["a","b"],"$last_seen":"1970-01-01T00:00:00"}}]""",
            answer.GetProperty("results").GetRawText());
        Assert.Equal((0, 1000, 1, "ok"), (answer.GetProperty("page").GetInt32(), answer.GetProperty("page_size").GetInt32(), answer.GetProperty("total").GetInt32(), answer.GetProperty("status").GetString()));
    }

    [Theory]
    [InlineData("where", """properties["plan"] == "pro" """, "ann cid")]
    [InlineData("where", """user["age"] > 40""", "bob")]
    [InlineData("selector", """properties["age"] >= 31 and "a" in properties["tags"]""", "ann")]
    [InlineData("where", """not defined(properties["age"]) and properties["plan"] == "pro" """, "cid")]
    [InlineData("where", """properties["$distinct_id"] == "bob" """, "bob")]
    [InlineData("where", """properties["time"] == "noon" """, "cid")]
    [InlineData("where", """properties["$last_seen"] < datetime("1971-01-01") and properties["age"] < 40""", "ann")]
    [InlineData("distinct_ids", """["bob","nobody","ann","bob"]""", "ann bob")]
    [InlineData("distinct_id", "nobody", "")]
    [InlineData("search", "bob", "bob")]
    [InlineData("search", "EXAMPLE.org", "ann")]
    public async Task Finds_who_meets_the_condition(string parameter, string value, string found) =>
        Assert.Equal(found, Ids(await AskAsync((parameter, value))));

    [Fact]
    public async Task Pages_through_all_by_session_and_ends_with_an_empty_page()
    {
        var first = await AskAsync(("page_size", "10"));
        var session = first.GetProperty("session_id").GetString()!;
        var seen = Ids(first);
        for (var page = 1; page <= 3; page++)
        {
            var next = await AskAsync(("page_size", "10"), ("page", page.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("session_id", session));
            Assert.Equal((28, session), (next.GetProperty("total").GetInt32(), next.GetProperty("session_id").GetString()));
            seen += " " + Ids(next);
        }
        var ids = seen.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(28, ids.Length);
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal("cid", Ids(await AskAsync(("page_size", "1"), ("page", "2"), ("session_id", "1-UNKNOWN"))));
    }

    [Theory]
    [InlineData("ascending", "ann bob cid")]
    [InlineData("descending", "bob ann cid")]
    public async Task Sorts_by_an_expression_with_the_missing_last(string order, string expected) =>
        Assert.Equal(expected, Ids(await AskAsync(("sort_key", """properties["age"]"""), ("sort_order", order), ("limit", "3"))));

    [Fact]
    public async Task Gives_only_the_properties_that_are_asked_for() => Assert.Equal(
        """[{"$distinct_id":"cid","$properties":{"nested":{"a": 1}}}]""",
        (await AskAsync(("distinct_id", "cid"), ("output_properties", """["nested","none"]"""))).GetProperty("results").GetRawText());

    [Fact]
    public async Task Answers_about_groups()
    {
        Assert.Equal("acme bolt", Ids(await AskAsync(("data_group_id", "company"))));
        Assert.Equal("bolt", Ids(await AskAsync(("data_group_id", "company"), ("where", """properties["tier"] > 1"""))));
        Assert.Equal("", Ids(await AskAsync(("data_group_id", "team"))));
    }

    [Fact]
    public async Task Lists_properties_the_most_frequent_first()
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, Engage + "/properties", ("limit", "3"));
        Assert.Equal("""{"plan":{"type":"string","count":28},"age":{"type":"number","count":2},"$email":{"type":"string","count":1}}""", answer.GetProperty("results").GetRawText());
    }

    [Theory]
    [InlineData("count()", "", "28")]
    [InlineData("count()", """properties["plan"] == "pro" """, "2")]
    [InlineData("""extremes(properties["age"])""", "", """{"max":45,"min":31}""")]
    [InlineData("""percentile(properties["age"], 50)""", "", "38")]
    [InlineData("""percentile(properties["age"], 100)""", "", "45")]
    [InlineData("""numeric_summary(properties["age"])""", "", """{"count":2,"mean":38,"var":49,"sum_of_squares":2986}""")]
    [InlineData("""numeric_summary(properties["plan"])""", "", """{"count":0,"mean":null,"var":null,"sum_of_squares":0}""")]
    [InlineData("""extremes(properties["none"])""", "", """{"max":null,"min":null}""")]
    public async Task Gives_figures_over_profiles(string action, string selector, string results)
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, Engage + "/stats", ("action", action), ("selector", selector));
        Assert.Equal(["results", "status", "computed_at"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(results, answer.GetProperty("results").GetRawText());
    }

    [Theory]
    [InlineData("median(properties[\"age\"])")]
    [InlineData("count(1)")]
    [InlineData("percentile(properties[\"age\"])")]
    [InlineData("percentile(properties[\"age\"], 101)")]
    [InlineData("extremes(")]
    public async Task Says_that_a_figure_can_not_be(string action)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, Engage + "/stats", ("action", action));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("action", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("page", "1", "session_id")]
    [InlineData("page", "minus", "page")]
    [InlineData("where", "properties[", "where")]
    [InlineData("behaviors", "[]", "behaviors")]
    [InlineData("filter_by_cohort", """{"id":1}""", "filter_by_cohort")]
    [InlineData("as_of_timestamp", "1990000000", "as_of_timestamp")]
    public async Task Says_which_parameter_is_wrong(string parameter, string value, string named)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, Engage, (parameter, value));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Contains(named, body.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/query/engage")]
    [InlineData("/api/2.0/engage")]
    [InlineData("/api/2.0/engage/?verbose=1")]
    public async Task Takes_forms_and_JSON_under_every_path_that_clients_use(string path)
    {
        using var form = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("selector", """properties["plan"]=="free" """), new("include_all_users", "False")]) };
        using var json = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("""{"distinct_ids":["bob"]}""", System.Text.Encoding.UTF8, "application/json") };
        foreach (var request in new[] { form, json })
        {
            using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal("bob", Ids(body.RootElement));
        }
    }

    [Theory]
    [InlineData("mixpanel-query")]
    [InlineData("mixpanel-import.exportProfiles")]
    public async Task Answers_every_captured_request(string captures)
    {
        var ours = Capture.Of(captures).Where(capture => capture.Path.Contains("/api/2.0/engage", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ours);
        foreach (var capture in ours)
        {
            using var request = new HttpRequestMessage(new HttpMethod(capture.Method), capture.Path + capture.QueryString);
            using var answer = await app.SendAsync(QueryApp.MixpanelSecret, request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    Task<JsonElement> AskAsync(params (string Name, string Value)[] query) => app.JsonAsync(QueryApp.MixpanelSecret, Engage, query);

    static string Ids(JsonElement answer) => string.Join(' ', answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("$distinct_id").GetString()));
}
