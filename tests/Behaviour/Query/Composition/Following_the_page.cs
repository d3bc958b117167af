using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Composition;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Composition;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Composition;

/// <summary>Composition answers as docs/semantics/composition.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/composition.md");

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
        var definition = CompositionBody.Read(JsonDocument.Parse(Page[index].Question).RootElement, project, Instant.FromDateTimeOffset(Now), [], out _);
        Assert.NotNull(definition);
        var report = new CompositionReport(new ReportReader(MemoryEvents.Of(Page[index].Events).Source, Page[index].People, new ColumnCache(1 << 20)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string>();
        foreach (var series in answer.Series)
        {
            table.Add(Line(series.Keys, series.People, answer.ShareOf(series.People)));
            await Expect(series.People, new(series.Keys, false));
        }
        table.Add(Line(["other"], answer.Other, answer.ShareOf(answer.Other)));
        table.Add(Line(["everybody"], answer.People, answer.ShareOf(answer.People)));
        await Expect(answer.Other, new(null, true));
        await Expect(answer.People, new(null, false));
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));

        async Task Expect(int number, CompositionCell cell)
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
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/composition") { Content = new StringContent(Page[index].Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());

        var table = new List<string>();
        foreach (var series in answer.GetProperty("series").EnumerateArray())
            table.Add(Line([.. series.GetProperty("keys").EnumerateArray().Select(key => key.ToString())], series.GetProperty("people").GetInt32(), series.GetProperty("share").GetDouble()));
        var (other, people) = (answer.GetProperty("other"), answer.GetProperty("people").GetInt32());
        table.Add(Line(["other"], other.GetProperty("people").GetInt32(), other.GetProperty("share").GetDouble()));
        table.Add(Line(["everybody"], people, people == 0 ? 0 : 1));
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 6);

    static string Line(IReadOnlyList<string> keys, int people, double share) => $"{string.Join(" / ", keys)} | {people} | {ValueText.Number(share)}";
}
