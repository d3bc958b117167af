using System.Net;
using System.Text.Json;
using Cairn.Model;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Amplitude;

/// <summary>Amplitude's <c>/retention</c> in Amplitude's shape.</summary>
public sealed class Asking_for_retention_as_Amplitude(Asking_for_retention_as_Amplitude.Shop shop) : IClassFixture<Asking_for_retention_as_Amplitude.Shop>
{
    static readonly MemoryEvent[] Events =
    [
        Event("Start", 11, 17, "ann", """{"plan":"pro"}"""),
        Event("Play", 12, 17, "ann"),
        Event("Start", 11, 10, "bob", """{"plan":"free"}"""),
        Event("Start", 12, 10, "bob", """{"plan":"free"}"""),
        Event("Play", 13, 11, "bob"),
        Event("Start", 14, 10, "cid"),
        Event("Play", 1, 10, "dan"),
        Event("Start", 12, 9, "dan", """{"plan":"pro"}"""),
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(
            MemoryEvents.Of(Events).Source, new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero), people: new MemoryPeople().With("ann", """{"team":"x"}""").With("bob", """{"team":"y"}"""));

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static MemoryEvent Event(string name, int day, int hour, string user, string properties = "{}") =>
        new(name, new(2025, 6, day, hour, 0, 0, TimeSpan.Zero), user, properties) { Dialect = Dialect.Amplitude, UserId = user };

    [Fact]
    public async Task Gives_the_documented_shape()
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/retention", Pairs("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250613&end=20250614"));
        Assert.Equal(
            """{"data":{"series":[{"dates":["Jun 14, 2025","Jun 13, 2025"],"values":{"Jun 13, 2025":[{"count":0,"outof":0,"incomplete":false},{"count":0,"outof":0,"incomplete":false},{"count":0,"outof":0,"incomplete":true},{"count":0,"outof":0,"incomplete":true}],"Jun 14, 2025":[{"count":1,"outof":1,"incomplete":false},{"count":0,"outof":1,"incomplete":true},{"count":0,"outof":1,"incomplete":true}]},"combined":[{"count":1,"outof":1,"incomplete":false,"retainedSetId":"","dropoffSetId":""},{"count":0,"outof":0,"incomplete":false,"retainedSetId":"","dropoffSetId":""},{"count":0,"outof":0,"incomplete":true,"retainedSetId":"","dropoffSetId":""},{"count":0,"outof":0,"incomplete":true,"retainedSetId":"","dropoffSetId":""}]}],"seriesLabels":[""],"seriesMeta":[{"segmentIndex":0,"eventIndex":0}]}}""",
            await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("X-Cairn-Data-Up-To"));
    }

    [Theory]
    // Each date's size and intervals, the newest date last here; a star is what is not over. Combined: count of those old enough, each once.
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250612", "2 0 1 1 0* 0* | 2 0 1 0* 0* = 3/3 0/3 2/3 1/2 0/0 0/0")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=n-day&i=1", "2 0 1 1 0* 0* = 2/2 0/2 1/2 1/2 0/0 0/0")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=rolling", "2 2 2 1 0* 0* = 2/2 2/2 2/2 1/2 0/0 0/0")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=bracket&rb=[[0,1],[1,3]]", "2 0 2 = 2/2 0/2 2/2")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"_active\"}&start=20250611&end=20250611&rm=bracket&rb=[[0,5]]", "2 2* = 2/2 0/0")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250608&end=20250614&i=7", "4 2* 0* = 4/4 0/0 0/0")]
    // Only whose very first event lies in the range is new: dan played before.
    [InlineData("se={\"event_type\":\"_new\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250612", "2 0 1 1 0* 0* | 0 0 0 0* 0* = 2/2 0/2 1/2 1/2 0/0 0/0")]
    [InlineData("se={\"event_type\":\"_new\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"plan\",\"subprop_op\":\"is\",\"subprop_value\":[\"pro\"]}]}&re={\"event_type\":\"_all\"}&start=20250611&end=20250611", "1 1 1 0 0* 0* = 1/1 1/1 1/1 0/1 0/0 0/0")]
    public async Task Counts_as_the_vendor_says(string query, string expected)
    {
        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/retention", Pairs(query));
        Assert.Equal(expected, Texts(answer.GetProperty("data").GetProperty("series")[0]));
    }

    [Theory]
    [InlineData("s=[{\"prop\":\"gp:team\",\"op\":\"is\",\"values\":[\"x\"]}]&s=[]", "[\"\",\"\"]", "0 1", "1 0 1 0 0* 0* = 1/1 0/1 1/1 0/1 0/0 0/0", "2 0 1 1 0* 0* = 2/2 0/2 1/2 1/2 0/0 0/0")]
    [InlineData("g=gp:team", "[\"x\",\"y\"]", "0 0", "1 0 1 0 0* 0* = 1/1 0/1 1/1 0/1 0/0 0/0", "1 0 0 1 0* 0* = 1/1 0/1 0/1 1/1 0/0 0/0")]
    public async Task Gives_a_series_for_each_segment_and_value(string query, string labels, string segments, params string[] series)
    {
        var answer = (await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/retention", Pairs("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&" + query))).GetProperty("data");
        Assert.Equal(labels, answer.GetProperty("seriesLabels").GetRawText());
        Assert.Equal(segments, string.Join(' ', answer.GetProperty("seriesMeta").EnumerateArray().Select(meta => meta.GetProperty("segmentIndex"))));
        Assert.Equal(series, answer.GetProperty("series").EnumerateArray().Select(Texts));
    }

    [Theory]
    [InlineData("re={\"event_type\":\"Play\"}&start=20250611&end=20250611", "Invalid se: it is missing")]
    [InlineData("se={\"event_type\":\"Start\"}&start=20250611&end=20250611", "Invalid re: it is missing")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"_new\"}&start=20250611&end=20250611", "Invalid event _new: it is a start event of retention alone")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250610", "Invalid end: it is before start")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&i=2", "Invalid interval 2: 1, 7 or 30")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=streak", "Invalid rm streak: n-day, rolling or bracket")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=bracket", "Invalid rb: it is missing")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=bracket&rb=[[0,1],5]", "Invalid rb: 5 is no range such as [1,4]")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=bracket&rb=[[4,8],[0,1]]", "give brackets one after the other, each as [from, until] with until after from")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\"}&start=20250611&end=20250611&rm=bracket&rb=[[0,1]]&i=7", "Invalid i: brackets are of days")]
    [InlineData("se={\"event_type\":\"Start\"}&re={\"event_type\":\"Play\",\"group_by\":[{\"type\":\"event\",\"value\":\"x\"}]}&start=20250611&end=20250611", "Invalid re: only the start event may be grouped")]
    public async Task Says_which_parameter_is_wrong(string query, string details)
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/retention", Pairs(query));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(details, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("metadata").GetProperty("details").GetString());
    }

    [Fact]
    public async Task Gives_every_date_its_row_when_nothing_happened()
    {
        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/retention", Pairs("se={\"event_type\":\"Nothing\"}&re={\"event_type\":\"_all\"}&start=20250614&end=20250615"));
        Assert.Equal("0 0* 0* | 0 0* = 0/0 0/0 0/0", Texts(answer.GetProperty("data").GetProperty("series")[0]));
    }

    static string Texts(JsonElement series)
    {
        var values = series.GetProperty("values").EnumerateObject().Select(row => string.Join(' ', row.Value.EnumerateArray().Select(cell => $"{cell.GetProperty("count")}{(cell.GetProperty("incomplete").GetBoolean() ? "*" : "")}")));
        var combined = series.GetProperty("combined").EnumerateArray().Select(cell => $"{cell.GetProperty("count")}/{cell.GetProperty("outof")}");
        return $"{string.Join(" | ", values)} = {string.Join(' ', combined)}";
    }

    /// <summary>Pairs of a query that is not encoded; a value may hold any character but &amp;.</summary>
    static (string, string)[] Pairs(string query) =>
        [.. query.Split('&').Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
