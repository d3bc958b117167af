using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Startup;

/// <summary><c>./run.sh --demo</c> in full: twenty thousand people by the way that everybody's events take.</summary>
public sealed partial class A_start_with_the_demo(ITestOutputHelper output)
{
    /// <summary>The promise is 30 s on a machine of its own; one that runs every suite at once gets four times that.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(4 * 30);

    [Fact]
    public async Task Fills_in_about_a_million_events_that_reports_count()
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var cairn = await RunningCairn.StartAsync(settings: new Dictionary<string, string> { ["CAIRN_DEMO"] = "1" });
        var told = Told().Match(await Eventually.AsyncUntil(text => Told().IsMatch(text), () => Task.FromResult(cairn.Output), Limit));
        Assert.True(told.Success, cairn.Output);
        var filled = TimeProvider.System.GetElapsedTime(started);
        var events = long.Parse(told.Groups["events"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.Equal("20,000", told.Groups["people"].Value);
        Assert.InRange(events, 850_000, 1_150_000);

        using var reader = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        var countries = await Eventually.AsyncUntil(series => series.Sum(Whole) == events, () => AskAsync(reader, """ "breakdowns": ["event.country"] """), Limit);
        var counted = TimeProvider.System.GetElapsedTime(started);
        Assert.Equal(events, countries.Sum(Whole));
        Assert.True(countries.Count >= 5, $"{countries.Count} countries");
        var people = Assert.Single(await AskAsync(reader, """ "measure": "uniques" """));
        Assert.InRange(Whole(people), 19_000, 20_000); // some have no visit among the ninety days
        Assert.InRange(counted, TimeSpan.Zero, Limit);
        var saw = string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of {Whole(people):N0} people; from the start of the process {filled.TotalSeconds:F1} s until all was in the stream, {counted.TotalSeconds:F1} s until a report counted it");
        output.WriteLine(saw);
        FullRun.Keep(this, saw);
    }

    /// <summary>The series of a segmentation of all events over the demo's time.</summary>
    static async Task<IReadOnlyList<JsonElement>> AskAsync(HttpClient reader, string more)
    {
        var now = DateTimeOffset.UtcNow;
        var question = string.Create(CultureInfo.InvariantCulture,
            $$"""{"range": {"from": "{{now.AddDays(-100):yyyy-MM-dd}}", "to": "{{now:yyyy-MM-dd}}"}, "unit": "month", "events": [{"label": "any"}], {{more}}}""");
        using var answer = await reader.PostAsync(new Uri("/api/v1/query/segmentation", UriKind.Relative), new StringContent(question));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("series").EnumerateArray()];
    }

    static long Whole(JsonElement series) => series.GetProperty("whole").GetInt64();

    [GeneratedRegex("The demo is in: (?<events>[0-9,]+) events of (?<people>[0-9,]+) people")]
    private static partial Regex Told();
}
