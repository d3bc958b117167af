using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Lifecycle;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Lifecycle;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Lifecycle;

/// <summary>Lifecycle answers as docs/semantics/lifecycle.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/lifecycle.md");

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
        var definition = LifecycleBody.Read(JsonDocument.Parse(Page[index].Question).RootElement, project, Instant.FromDateTimeOffset(Now), [], out _);
        Assert.NotNull(definition);
        var report = new LifecycleReport(new ReportReader(MemoryEvents.Of(Page[index].Events).Source, Page[index].People, ColumnMemory.For(index, Page[index].Events.Count)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { " | new | current | resurrected | dormant | pulse" };
        foreach (var (keys, row) in answer.Rows.Select(row => (Keys: (IReadOnlyList<string>)[], row)).Concat(answer.Series.SelectMany(series => series.Rows.Select(row => (series.Keys, row)))))
        {
            table.Add($"{string.Concat(keys.Select(key => $"{key} / "))}{row.Start.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)} | {row.New} | {row.Current} | {row.Resurrected} | {row.Dormant} | {(row.Pulse is { } pulse ? ValueText.Number(pulse) : "-")}");
            await Expect(row.New, LifecycleStatus.New);
            await Expect(row.Current, LifecycleStatus.Current);
            await Expect(row.Resurrected, LifecycleStatus.Resurrected);
            await Expect(row.Dormant, LifecycleStatus.Dormant);

            async Task Expect(int number, LifecycleStatus status)
            {
                var (people, _) = await report.PeopleAsync(definition, new(row.Start.Date, status, keys), CancellationToken.None);
                Assert.Equal((status, number), (status, people.Distinct().Count()));
            }
        }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(Page[index].Events).Source, Now, people: Page[index].People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/lifecycle") { Content = new StringContent(Page[index].Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());

        var table = new List<string> { " | new | current | resurrected | dormant | pulse" };
        foreach (var series in answer.GetProperty("series").EnumerateArray().Prepend(answer))
        {
            var name = series.TryGetProperty("keys", out var keys) ? string.Concat(keys.EnumerateArray().Select(key => $"{key} / ")) : "";
            foreach (var row in series.GetProperty("rows").EnumerateArray())
                table.Add(name + string.Join(" | ", new[] { "start", "new", "current", "resurrected", "dormant" }.Select(field => row.GetProperty(field).ToString()).Append(row.GetProperty("pulse").ValueKind == JsonValueKind.Null ? "-" : row.GetProperty("pulse").ToString())));
        }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 4);
}
