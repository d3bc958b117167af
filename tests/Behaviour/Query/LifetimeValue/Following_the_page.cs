using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.LifetimeValue;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.LifetimeValue;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.LifetimeValue;

/// <summary>Lifetime value answers as docs/semantics/lifetime-value.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/lifetime-value.md");

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
        var definition = LifetimeValueBody.Read(JsonDocument.Parse(Page[index].Question).RootElement, project, Instant.FromDateTimeOffset(Now), [], out _);
        Assert.NotNull(definition);
        var report = new LifetimeValueReport(new ReportReader(MemoryEvents.Of(Page[index].Events).Source, Page[index].People, new ColumnCache(1 << 20)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { Header(definition.Ages.Select(age => $"{age}")) };
        foreach (var series in answer.Overall.Concat(answer.Series))
            foreach (var row in series.Rows.Append(series.Together))
            {
                var isTogether = ReferenceEquals(row, series.Together);
                var name = isTogether ? "together" : row.Start.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
                table.Add(Line(definition.Compared.Count == 0 ? null : definition.Compared[series.ComparedIndex].Label, series.Keys, name, row.Size, row.Payers, row.Revenue,
                    [.. row.Ages.Select((age, place) => Cell(age.Revenue, age.Size, age.PerUser, age.Paid, age.Payers, place < row.Complete))]));
                await ExpectAll(row, series, isTogether ? null : row.Start.Date);
            }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));

        async Task ExpectAll(LifetimeValueRow row, LifetimeValueSeries series, LocalDate? day)
        {
            LifetimeValueCell Who(int? age, LifetimeValueWho who) => new(series.ComparedIndex, series.Keys, day, age, who);
            await Expect(row.Size, Who(null, LifetimeValueWho.Everyone));
            await Expect(row.Payers, Who(null, LifetimeValueWho.Paid));
            await Expect(row.Payers, Who(null, LifetimeValueWho.EverPaid));
            for (var place = 0; place < row.Ages.Count; place++)
            {
                var (age, days) = (row.Ages[place], definition.Ages[place]);
                await Expect(age.Size, Who(days, LifetimeValueWho.Everyone));
                await Expect(age.Paid, Who(days, LifetimeValueWho.Paid));
                await Expect(age.Payers, Who(days, LifetimeValueWho.EverPaid));
            }
        }

        async Task Expect(int number, LifetimeValueCell cell)
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
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/lifetime-value") { Content = new StringContent(Page[index].Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());

        var first = answer.GetProperty("overall")[0].GetProperty("together").GetProperty("ages");
        var table = new List<string> { Header(first.EnumerateArray().Select(age => age.GetProperty("age").ToString())) };
        foreach (var series in answer.GetProperty("overall").EnumerateArray().Concat(answer.GetProperty("series").EnumerateArray()))
        {
            var compared = series.TryGetProperty("compared", out var label) ? label.ToString() : null;
            string[] keys = [.. series.GetProperty("keys").EnumerateArray().Select(key => key.ToString())];
            foreach (var row in series.GetProperty("rows").EnumerateArray()) table.Add(Line(compared, keys, row.GetProperty("start").ToString(), row));
            table.Add(Line(compared, keys, "together", series.GetProperty("together")));
        }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 9);

    static string Header(IEnumerable<string> ages) => string.Join(" | ", [" | size | payers | revenue", .. ages]);

    static string Line(string? compared, string[] keys, string name, JsonElement row) => Line(
        compared, keys, name, row.GetProperty("size").GetInt32(), row.GetProperty("payers").GetInt32(), row.GetProperty("revenue").GetDouble(),
        [.. row.GetProperty("ages").EnumerateArray().Select(age => Cell(
            age.GetProperty("revenue").GetDouble(), age.GetProperty("size").GetInt32(), age.GetProperty("per_user").GetDouble(), age.GetProperty("paid").GetInt32(), age.GetProperty("payers").GetInt32(),
            age.GetProperty("is_complete").GetBoolean()))]);

    static string Line(string? compared, IReadOnlyList<string> keys, string name, int size, int payers, double revenue, IReadOnlyList<string> ages) => string.Join(" | ", [
        (compared is null ? "" : compared + ": ") + string.Concat(keys.Select(key => $"{key} / ")) + name, $"{size}", $"{payers}", ValueText.Number(revenue), .. ages]);

    static string Cell(double revenue, int size, double perUser, int paid, int payers, bool isComplete) =>
        $"{ValueText.Number(revenue)} / {size} = {ValueText.Number(Math.Round(perUser, 2))}, {paid} of {payers}{(isComplete ? "" : "*")}";
}
