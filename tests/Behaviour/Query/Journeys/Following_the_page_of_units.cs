using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>The worked examples of docs/semantics/units.md, over HTTP.</summary>
public class Following_the_page_of_units
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/units.md");

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++) data.Add(i, Page[i].Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        var (report, question) = (Page[index].Question[..Page[index].Question.IndexOf(' ', StringComparison.Ordinal)], Page[index].Question[Page[index].Question.IndexOf(' ', StringComparison.Ordinal)..]);
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(Page[index].Events).Source, Now, people: Page[index].People, columns: ColumnMemory.For(index, Page[index].Events.Count));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{report}") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        Assert.Equal((title, Page[index].Answer), (title, Text(report, answer)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 13);

    static string Text(string report, JsonElement answer)
    {
        if (answer.TryGetProperty("people", out var people)) return string.Join(' ', people.EnumerateArray().Select(person => person.ValueKind == JsonValueKind.Object ? person.GetProperty("person").ToString() : person.ToString()));
        return report switch
        {
            "segmentation" => string.Join(' ', answer.GetProperty("series")[0].GetProperty("values").EnumerateArray()),
            "funnels" => string.Join(' ', answer.GetProperty("series")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").ToString())),
            "retention" => Row(answer.GetProperty("overall")[0].GetProperty("rows")[0], "counts"),
            "stickiness" => Row(answer.GetProperty("overall").GetProperty("rows")[0], "exactly"),
            _ => string.Join(' ', new[] { "new", "current", "resurrected", "dormant" }.Select(name => $"{name} {answer.GetProperty("rows")[0].GetProperty(name)}")),
        };
    }

    static string Row(JsonElement row, string name) => $"{row.GetProperty("size")}: {string.Join(' ', row.GetProperty(name).EnumerateArray())}";
}
