using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Funnels;

/// <summary>Times to convert over HTTP: average, percentiles by the page's definition, least, greatest, and the distribution's bins.</summary>
public sealed class Telling_how_long_it_took
{
    static readonly DateTimeOffset Start = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where bins end, seconds: docs/semantics/funnels.md, "Times to convert and sums".</summary>
    static readonly long[] BinEnds = [1, 10, 60, 600, 3_600, 21_600, 86_400, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task As_the_page_defines_it(int people)
    {
        var random = new Random(people);
        // Up to about a hundred days, most of them short; three seconds at least, for closer ones took no time.
        var seconds = Enumerable.Range(0, people).Select(_ => (long)Math.Pow(10, 0.5 + random.NextDouble() * 6.4) + 3).ToArray();
        var events = seconds.SelectMany((took, person) => new MemoryEvent[] { new("A", Start, $"u{person}"), new("B", Start.AddSeconds(took), $"u{person}") });
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(events).Source, Start.AddDays(200));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/funnels")
        {
            Content = new StringContent("""{"range": {"from": "2025-06-01", "to": "2025-06-01"}, "steps": ["A", "B"], "window": {"days": 366}}""", Encoding.UTF8, "application/json"),
        };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var times = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("series")[0].GetProperty("steps")[1].GetProperty("time_from_start");

        var ascending = seconds.Order().Select(took => took * 1000.0).ToArray();
        double Percentile(double p)
        {
            var place = p * (ascending.Length - 1);
            var (below, above) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
            return ascending[below] + ((ascending[above] - ascending[below]) * (place - below));
        }
        foreach (var (name, expected) in new (string, double)[]
        {
            ("average_ms", ascending.Average()), ("min_ms", ascending[0]), ("p25_ms", Percentile(0.25)), ("median_ms", Percentile(0.5)), ("p75_ms", Percentile(0.75)), ("p90_ms", Percentile(0.9)), ("p99_ms", Percentile(0.99)), ("max_ms", ascending[^1]),
        })
            Assert.Equal(expected, times.GetProperty(name).GetDouble(), tolerance: 1e-3);

        var bins = times.GetProperty("distribution").EnumerateArray().Select(bin => (From: bin.GetProperty("from_ms").GetInt64(), Until: bin.GetProperty("until_ms") is { ValueKind: JsonValueKind.Number } until ? until.GetInt64() : (long?)null, Count: bin.GetProperty("count").GetInt32())).ToList();
        for (var i = 0; i < bins.Count; i++)
        {
            long from = i == 0 ? 0 : BinEnds[i - 1] * 1000;
            long? until = i < BinEnds.Length ? BinEnds[i] * 1000 : null;
            Assert.Equal((from, until, ascending.Count(took => took >= from && (until is null || took < until))), bins[i]);
        }
        Assert.Equal(people, bins.Sum(bin => bin.Count));
    }
}
