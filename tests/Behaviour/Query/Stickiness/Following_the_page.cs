using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Stickiness;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Stickiness;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Stickiness;

/// <summary>Stickiness answers as docs/semantics/stickiness.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/stickiness.md");

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++) data.Add(i, Page[i].Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_report_and_down_to_the_people(int index, string title)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZone.Utc);
        var definition = StickinessBody.Read(JsonDocument.Parse(Page[index].Question).RootElement, project, Instant.FromDateTimeOffset(Now), [], out _);
        Assert.NotNull(definition);
        var report = new StickinessReport(new ReportReader(MemoryEvents.Of(Page[index].Events).Source, Page[index].People, ColumnMemory.For(index, Page[index].Events.Count)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { Header(answer.Overall.Rows[0].Exactly.Count) };
        foreach (var series in answer.Series.Prepend(answer.Overall))
            foreach (var row in series.Rows)
            {
                table.Add(Line(series.Keys, row.Start.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), row.Size, row.Exactly, row.AtLeast));
                await Expect(row.Size, new(series.Keys, row.Start.Date, null, false));
                for (var units = 1; units <= row.Exactly.Count; units++)
                {
                    await Expect(row.Exactly[units - 1], new(series.Keys, row.Start.Date, units, false));
                    await Expect(row.AtLeast[units - 1], new(series.Keys, row.Start.Date, units, true));
                }
            }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));

        async Task Expect(int number, StickinessCell cell)
        {
            var (people, _) = await report.PeopleAsync(definition, cell, CancellationToken.None);
            Assert.Equal((cell, number), (cell, people.Distinct().Count()));
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(Page[index].Events).Source, Now, people: Page[index].People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/stickiness") { Content = new StringContent(Page[index].Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());

        var table = new List<string> { Header(answer.GetProperty("overall").GetProperty("rows")[0].GetProperty("exactly").GetArrayLength()) };
        foreach (var series in answer.GetProperty("series").EnumerateArray().Prepend(answer.GetProperty("overall")))
            foreach (var row in series.GetProperty("rows").EnumerateArray())
                table.Add(Line([.. series.GetProperty("keys").EnumerateArray().Select(key => key.ToString())], row.GetProperty("start").ToString(), row.GetProperty("size").GetInt32(), Numbers(row, "exactly"), Numbers(row, "at_least")));
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 5);

    static int[] Numbers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];

    static string Header(int units) => string.Join(" | ", Enumerable.Range(1, units).Select(unit => $"{unit}").Prepend("size").Prepend(""));

    static string Line(IReadOnlyList<string> keys, string start, int size, IReadOnlyList<int> exactly, IReadOnlyList<int> atLeast) =>
        string.Join(" | ", exactly.Select((count, index) => $"{count} ({atLeast[index]})").Prepend($"{size}").Prepend(string.Concat(keys.Select(key => $"{key} / ")) + start));
}
