using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Revenue;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Revenue;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Revenue;

/// <summary>Revenue answers as docs/semantics/revenue.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/revenue.md");

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
        var definition = RevenueBody.Read(JsonDocument.Parse(Page[index].Question).RootElement, project, Instant.FromDateTimeOffset(Now), [], out _);
        Assert.NotNull(definition);
        var report = new RevenueReport(new ReportReader(MemoryEvents.Of(Page[index].Events).Source, Page[index].People, new ColumnCache(1 << 20)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { Header };
        foreach (var series in answer.Series.Prepend(answer.Overall))
            foreach (var row in series.Rows.Append(series.Whole))
            {
                var isWhole = ReferenceEquals(row, series.Whole);
                LocalDateTime? start = isWhole ? null : row.Start;
                table.Add(Line(series.Keys, isWhole ? "whole" : row.Start.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
                    [.. new double[] { row.Revenue, row.Refunds, row.Purchases, row.Payers, row.Active, row.PerUser, row.PerPayer }.Select(ValueText.Number)]));
                await Expect(row.Payers, new(series.Keys, start, RevenueWho.Payers));
                await Expect(row.Active, new(series.Keys, start, RevenueWho.Active));
            }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));

        async Task Expect(int number, RevenueCell cell)
        {
            var (people, _) = await report.PeopleAsync(definition, cell, CancellationToken.None);
            Assert.Equal((cell, number), (cell, people.Distinct().Count()));
            Assert.Equal(number, people.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(Page[index].Events).Source, Now, people: Page[index].People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/revenue") { Content = new StringContent(Page[index].Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());

        var table = new List<string> { Header };
        foreach (var series in answer.GetProperty("series").EnumerateArray().Prepend(answer.GetProperty("overall")))
        {
            string[] keys = [.. series.GetProperty("keys").EnumerateArray().Select(key => key.ToString())];
            foreach (var row in series.GetProperty("rows").EnumerateArray()) table.Add(Line(keys, row.GetProperty("start").ToString(), Numbers(row)));
            table.Add(Line(keys, "whole", Numbers(series.GetProperty("whole"))));
        }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 9);

    const string Header = " | revenue | refunds | purchases | payers | active | per user | per payer";

    static string[] Numbers(JsonElement row) => [.. new[] { "revenue", "refunds", "purchases", "payers", "active", "per_user", "per_payer" }.Select(name => row.GetProperty(name).ToString())];

    static string Line(IReadOnlyList<string> keys, string start, string[] numbers) => string.Join(" | ", numbers.Prepend(string.Concat(keys.Select(key => $"{key} / ")) + start));
}
