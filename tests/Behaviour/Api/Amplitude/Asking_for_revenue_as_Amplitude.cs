using System.Net;
using System.Text.Json;
using Cairn.Model;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Amplitude;

/// <summary>Amplitude's <c>/revenue/ltv</c> and <c>/composition</c> in Amplitude's shape.</summary>
public sealed class Asking_for_revenue_as_Amplitude(Asking_for_revenue_as_Amplitude.Shop shop) : IClassFixture<Asking_for_revenue_as_Amplitude.Shop>
{
    static readonly MemoryEvent[] Events =
    [
        Event("Open", 1, 10, "ann"), Event("revenue_amount", 1, 12, "ann", """{"$revenue":10,"$platform":"iOS"}"""), Event("revenue_amount", 3, 12, "ann", """{"$revenue":-2.5}"""),
        Event("Open", 1, 11, "bob", """{"$platform":"Web"}"""), Event("Open", 2, 11, "bob", """{"$platform":"iOS"}"""), Event("revenue_amount", 9, 11, "bob", """{"$revenue":4}"""),
        Event("Open", 2, 9, "cid"),
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(
            MemoryEvents.Of(Events).Source, new(2025, 6, 10, 12, 0, 0, TimeSpan.Zero), people: new MemoryPeople().With("ann", """{"team":"x"}""").With("bob", """{"team":"y"}"""));

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static MemoryEvent Event(string name, int day, int hour, string user, string properties = "{}") =>
        new(name, new(2025, 6, day, hour, 0, 0, TimeSpan.Zero), user, properties) { Dialect = Dialect.Amplitude, UserId = user };

    [Fact]
    public async Task Gives_the_documented_shape()
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/revenue/ltv", ("start", "20250601"), ("end", "20250602"), ("m", "2"));
        var data = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("data");
        Assert.Equal("""[0] [{"segmentIndex":0}]""", $"{data.GetProperty("seriesLabels").GetRawText()} {data.GetProperty("seriesMeta").GetRawText()}");
        var series = data.GetProperty("series")[0];
        Assert.Equal("""["Jun 02","Jun 01"]""", series.GetProperty("dates").GetRawText());
        Assert.Equal(
            """{"r1d":10,"r2d":10,"r3d":7.5,"r4d":7.5,"r5d":7.5,"r6d":7.5,"r7d":7.5,"r14d":0,"r30d":0,"r60d":0,"r90d":0,"r120d":0,"r180d":0,"r1new":1,"r2new":0,"r3new":0,"r4new":0,"r5new":0,"r6new":0,"r7new":0,"r14new":0,"r30new":0,"r60new":0,"r90new":0,"r120new":0,"r180new":0,"count":2,"paid":2,"total_amount":11.5}""",
            series.GetProperty("values").GetProperty("Jun 01").GetRawText());
        Assert.Equal(
            """{"r1d":true,"r2d":true,"r3d":true,"r4d":true,"r5d":true,"r6d":true,"r7d":true,"r14d":false,"r30d":false,"r60d":false,"r90d":false,"r120d":false,"r180d":false}""",
            series.GetProperty("complete").GetProperty("Jun 01").GetRawText());
        Assert.True(answer.Headers.Contains("X-Cairn-Data-Up-To"));
    }

    [Theory]
    // r1d, r7d, count, paid, total_amount of the first of June, the first date of the answer.
    [InlineData("", "5 3.75 2 2 11.5")]
    [InlineData("m=0", "5 3.75 2 2 11.5")]
    [InlineData("m=1", "5 3.75 2 2 11.5")]
    [InlineData("m=2", "10 7.5 2 2 11.5")]
    [InlineData("m=3", "1 1 2 2 11.5")]
    [InlineData("m=2&i=7", "10 7.5 3 2 11.5")]
    [InlineData("m=2&i=30", "10 7.5 3 2 11.5")]
    [InlineData("m=2&s=[{\"prop\":\"gp:team\",\"op\":\"is\",\"values\":[\"y\"]}]", "0 0 1 1 4")]
    public async Task Gives_each_metric(string query, string expected)
    {
        var series = (await AskAsync("revenue/ltv", query + "&start=20250601&end=20250602")).GetProperty("series")[0];
        var first = series.GetProperty("values").EnumerateObject().First().Value;
        Assert.Equal(expected, string.Join(' ', new[] { "r1d", "r7d", "count", "paid", "total_amount" }.Select(name => first.GetProperty(name).GetRawText())));
    }

    [Theory]
    [InlineData("g=gp:team", "[\"(none)\",\"x\",\"y\"]", "0 0 0")]
    [InlineData("s=[{\"prop\":\"gp:team\",\"op\":\"is\",\"values\":[\"x\"]}]&s=[]", "[0,1]", "0 1")]
    public async Task Gives_a_series_for_each_segment_and_value(string query, string labels, string segments)
    {
        var answer = await AskAsync("revenue/ltv", query + "&start=20250601&end=20250602");
        Assert.Equal(labels, answer.GetProperty("seriesLabels").GetRawText());
        Assert.Equal(segments, string.Join(' ', answer.GetProperty("seriesMeta").EnumerateArray().Select(meta => meta.GetProperty("segmentIndex"))));
    }

    [Fact]
    public async Task Tells_the_year_where_two_dates_would_be_the_same()
    {
        var dates = (await AskAsync("revenue/ltv", "start=20240601&end=20250601&i=30")).GetProperty("series")[0].GetProperty("dates");
        Assert.Equal(("Jun 01, 2025", "Jun 01, 2024"), (dates[0].GetString(), dates[12].GetString()));
    }

    [Theory]
    [InlineData("p=platform&start=20250601&end=20250602", """{"series":[[2,2,1]],"seriesLabels":["platform"],"xValues":["(none)","iOS","Web"]}""")]
    [InlineData("p=gp:team&start=20250601&end=20250610", """{"series":[[1,1,1]],"seriesLabels":["gp:team"],"xValues":["(none)","x","y"]}""")]
    [InlineData("p=gp:team&start=20250620&end=20250620", """{"series":[[]],"seriesLabels":["gp:team"],"xValues":[]}""")]
    public async Task Divides_users_by_a_property(string query, string expected) => Assert.Equal(expected, (await AskAsync("composition", query)).GetRawText());

    [Theory]
    [InlineData("revenue/ltv", "end=20250601", "Invalid start: it is missing")]
    [InlineData("revenue/ltv", "start=20250601&end=20250601&m=4", "Invalid m 4: 0, 1, 2 or 3")]
    [InlineData("revenue/ltv", "start=20250601&end=20250601&i=2", "Invalid interval 2: 1, 7 or 30")]
    [InlineData("composition", "start=20250601&end=20250601", "Invalid p: it is missing")]
    [InlineData("composition", "start=20250601&end=20250601&p=nonsense", "Invalid user property nonsense")]
    public async Task Says_which_parameter_is_wrong(string report, string query, string details)
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, $"/api/2/{report}", Pairs(query));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(details, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("metadata").GetProperty("details").GetString());
    }

    async Task<JsonElement> AskAsync(string report, string query) => (await app.JsonAsync(QueryApp.AmplitudeKeys, $"/api/2/{report}", Pairs(query))).GetProperty("data");

    static (string Name, string Value)[] Pairs(string query) => [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
