using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Cohorts;
using Cairn.Model.Identity;
using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Cohorts;

/// <summary>Cohorts hold whom docs/semantics/cohorts.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/cohorts.md");

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++) data.Add(i, Page[i].Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_search(int index, string title)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZone.Utc);
        var definition = CohortBody.Read(JsonDocument.Parse(Page[index].Question).RootElement, project, Instant.FromDateTimeOffset(Now), []);
        Assert.NotNull(definition);
        var report = new CohortReport(new ReportReader(MemoryEvents.Of(Page[index].Events).Source, Page[index].People, ColumnMemory.For(index, Page[index].Events.Count)), new MemoryCohorts(), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', answer.People)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(Page[index].Events).Source, Now, people: Page[index].People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/cohorts") { Content = new StringContent(Page[index].Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());

        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', answer.GetProperty("people").EnumerateArray())));
        Assert.Equal(answer.GetProperty("people").GetArrayLength(), answer.GetProperty("count").GetInt32());
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 18);
}
