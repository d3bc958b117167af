using System.Net;
using System.Text.Json;
using Cairn.Model;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Amplitude;

/// <summary>Amplitude's <c>/sessions/…</c> in Amplitude's shapes.</summary>
public sealed class Asking_for_sessions_as_Amplitude(Asking_for_sessions_as_Amplitude.Shop shop) : IClassFixture<Asking_for_sessions_as_Amplitude.Shop>
{
    static readonly MemoryEvent[] Events =
    [
        Event("Visit", 11, 10, 0, "ann", "1", """{"plan":"pro"}"""),
        Event("View", 11, 10, 2, "ann", "1", """{"plan":"pro"}"""),
        Event("Visit", 11, 23, 50, "ann", "2"),
        Event("View", 12, 0, 20, "ann", "2"),
        Event("Visit", 11, 8, 0, "bob", "1", """{"plan":"free"}"""),
        Event("View", 11, 8, 1, "bob", "-1"),
        Event("View", 12, 8, 0, "cid", null),
        Event("Visit", 12, 8, 0, "bob", "3"),
        Event("View", 13, 9, 0, "bob", "3"),
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

    static MemoryEvent Event(string name, int day, int hour, int minute, string user, string? session, string properties = "{}") =>
        new(name, new(2025, 6, day, hour, minute, 0, TimeSpan.Zero), user, properties) { Dialect = Dialect.Amplitude, UserId = user, SessionId = session };

    [Theory]
    [InlineData(
        "length?start=20250611&end=20250612&timeHistogramConfigBinTimeUnit=minutes&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=40&timeHistogramConfigBinSize=10",
        """{"data":{"series":[[2,0,0,1]],"seriesCollapsed":[[{"setId":"","value":3}]],"seriesLabels":[""],"seriesMeta":[{"segmentIndex":0,"sessionIndex":0}],"xValues":["0m-10m","10m-20m","20m-30m","30m-40m"]},"withSets":false}""")]
    [InlineData(
        "length?start=20250611&end=20250612",
        """{"data":{"series":[[1,0,0,0,1,0,0,1,0]],"seriesCollapsed":[[{"setId":"","value":3}]],"seriesLabels":[""],"seriesMeta":[{"segmentIndex":0,"sessionIndex":0}],"xValues":["0s-3s","3s-10s","10s-30s","30s-60s","60s-180s","180s-600s","600s-1800s","1800s-3600s","3600s-86400s"]},"withSets":false}""")]
    [InlineData(
        "length?start=20250601&end=20250602",
        """{"data":{"series":[],"seriesCollapsed":[],"seriesLabels":[],"seriesMeta":[],"xValues":[]},"withSets":false}""")]
    // Two sessions of two minutes and half an hour on the day they begin, one of no length; bob's of 25 hours is left out.
    [InlineData(
        "average?start=20250611&end=20250612",
        """{"data":{"series":[[640,0]],"seriesCollapsed":[[{"setId":"","value":640}]],"seriesMeta":[{"segmentIndex":0,"sessionIndex":0}],"xValues":["2025-06-11T00:00:00","2025-06-12T00:00:00"]}}""")]
    // Active on the 12th: ann, bob and cid.
    [InlineData(
        "peruser?start=20250611&end=20250612",
        """{"data":{"series":[[1.5,0]],"seriesCollapsed":[[{"setId":"","value":1}]],"seriesMeta":[{"segmentIndex":0,"sessionIndex":0}],"xValues":["2025-06-11T00:00:00","2025-06-12T00:00:00"]}}""")]
    [InlineData(
        "peruser?start=20250601&end=20250601",
        """{"data":{"series":[[0]],"seriesCollapsed":[[{"setId":"","value":0}]],"seriesMeta":[{"segmentIndex":0,"sessionIndex":0}],"xValues":["2025-06-01T00:00:00"]}}""")]
    public async Task Gives_the_documented_shape(string query, string expected)
    {
        using var answer = await AskAsync(query);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("X-Cairn-Data-Up-To"));
    }

    [Theory]
    // Not all of a unit, a least and a greatest, or no bins: the vendor's own.
    [InlineData("timeHistogramConfigBinTimeUnit=minutes&timeHistogramConfigBinMin=0", "0s-3s")]
    [InlineData("timeHistogramConfigBinTimeUnit=fortnights&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=10", "0s-3s")]
    [InlineData("timeHistogramConfigBinTimeUnit=minutes&timeHistogramConfigBinMin=10&timeHistogramConfigBinMax=10", "0s-3s")]
    [InlineData("timeHistogramConfigBinTimeUnit=minutes&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=10&timeHistogramConfigBinSize=0", "0s-3s")]
    [InlineData("timeHistogramConfigBinTimeUnit=days&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=2", "0s-3s")]
    [InlineData("timeHistogramConfigBinTimeUnit=hours&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=20", "0h-2h")]
    [InlineData("timeHistogramConfigBinTimeUnit=seconds&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=100&timeHistogramConfigBinSize=60", "0s-60s,60s-100s")]
    public async Task Makes_bins_as_the_vendor_does(string bins, string begin)
    {
        using var answer = await AskAsync($"length?start=20250611&end=20250612&{bins}");
        var labels = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("data").GetProperty("xValues").EnumerateArray().Select(label => label.GetString());
        Assert.StartsWith(begin, string.Join(',', labels), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("g=gp:team", "[\"x\",\"y\"]", "[[960],[0]]")]
    [InlineData("s=[{\"prop\":\"gp:team\",\"op\":\"is\",\"values\":[\"x\"]}]&s=[]", null, "[[960],[640]]")]
    public async Task Gives_a_series_for_each_value_and_segment(string query, string? labels, string series)
    {
        using var answer = await AskAsync($"average?start=20250611&end=20250611&{query}");
        var data = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("data");
        Assert.Equal(series, data.GetProperty("series").GetRawText());
        Assert.Equal(labels, data.TryGetProperty("seriesLabels", out var told) ? told.GetRawText() : null);
    }

    [Theory]
    [InlineData("average?start=20250611", "Invalid end: it is missing")]
    [InlineData("length?start=20250612&end=20250611", "Invalid end: it is before start")]
    [InlineData("peruser?start=20250611&end=20250611&g=nothing", "Invalid user property nothing")]
    public async Task Says_which_parameter_is_wrong(string query, string details)
    {
        using var answer = await AskAsync(query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(details, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("metadata").GetProperty("details").GetString());
    }

    /// <summary>Asks with a query that is not encoded.</summary>
    Task<HttpResponseMessage> AskAsync(string query)
    {
        var (leaf, pairs) = (query[..query.IndexOf('?', StringComparison.Ordinal)], query[(query.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'));
        return app.GetAsync(QueryApp.AmplitudeKeys, $"/api/2/sessions/{leaf}", [.. pairs.Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);
    }
}
