using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Flows;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Flows;

/// <summary>Flows are as docs/semantics/flows.md says, example by example.</summary>
public class Following_the_page
{
    const string ListHeader = "person | at";

    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/flows.md");

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++) data.Add(i, Page[i].Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void In_the_kernel(int index, string title)
    {
        var definition = DefinitionOf(Page[index]);
        var expected = new FlowsOracle(definition).Paths(Page[index].Events).Select(FlowPaths.Text).Order(StringComparer.Ordinal);
        Assert.Equal((title, string.Join('\n', expected)), (title, string.Join('\n', FlowPaths.ByKernel(definition, Page[index].Events).Select(FlowPaths.Text).Order(StringComparer.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_report_and_down_to_the_people(int index, string title)
    {
        var (example, definition) = (Page[index], DefinitionOf(Page[index]));
        var report = new FlowsReport(new ReportReader(MemoryEvents.Of(example.Events).Source, example.People, new ColumnCache(1 << 20)), TimeProvider.System);
        if (FlowsPeopleBody.Read(Question(example), []) is { } people)
        {
            var (paths, _) = await report.PathsAsync(definition, people.Number, CancellationToken.None);
            var lines = paths.Select(path => $"{path.Person} | {DateTimeOffset.FromUnixTimeMilliseconds(path.AtMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}");
            Assert.Equal((title, example.Answer), (title, string.Join('\n', lines.Prepend(ListHeader))));
            return;
        }

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { $"paths | {answer.Paths}" };
        if (answer.Reached is { } reached) table.Add($"reached | {reached}");
        var levels = answer.Levels.ToDictionary(level => level.Step);
        table.AddRange(answer.Links.Select(link => $"{link.Step} {FlowPaths.Text(levels[link.Step].Nodes[link.From].Name)} > {link.Step + 1} {FlowPaths.Text(levels[link.Step + 1].Nodes[link.To].Name)} | {link.Count}"));
        table.AddRange(answer.TopPaths.Select(path => $"{string.Join(" > ", path.Steps.Select(FlowPaths.Text))} | {path.Count}"));
        Assert.Equal((title, example.Answer), (title, string.Join('\n', table)));
        FlowPaths.AddUp(title, answer);
        await FlowPaths.LeadToPeople(title, report, definition, answer);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        var example = Page[index];
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(example.Events).Source, Now, people: example.People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/flows") { Content = new StringContent(example.Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        Assert.Equal((title, example.Answer), (title, answer.TryGetProperty("people", out var people) ? ListOf(answer, people) : TableOf(answer)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 22);

    static string ListOf(JsonElement answer, JsonElement people)
    {
        Assert.Equal(people.GetArrayLength(), answer.GetProperty("count").GetInt32());
        return string.Join('\n', people.EnumerateArray().Select(path => $"{path.GetProperty("person")} | {path.GetProperty("at")}").Prepend(ListHeader));
    }

    static string TableOf(JsonElement answer)
    {
        var table = new List<string> { $"paths | {answer.GetProperty("paths")}" };
        if (answer.GetProperty("reached").ValueKind == JsonValueKind.Number) table.Add($"reached | {answer.GetProperty("reached")}");
        var levels = answer.GetProperty("levels").EnumerateArray().ToDictionary(level => level.GetProperty("step").GetInt32(), level => level.GetProperty("nodes"));
        foreach (var link in answer.GetProperty("links").EnumerateArray())
        {
            var step = link.GetProperty("step").GetInt32();
            table.Add($"{step} {NameOf(levels[step][link.GetProperty("from").GetInt32()])} > {step + 1} {NameOf(levels[step + 1][link.GetProperty("to").GetInt32()])} | {link.GetProperty("count")}");
        }
        foreach (var path in answer.GetProperty("top_paths").EnumerateArray()) table.Add($"{string.Join(" > ", path.GetProperty("steps").EnumerateArray().Select(NameOf))} | {path.GetProperty("count")}");
        return string.Join('\n', table);
    }

    static string NameOf(JsonElement node) => node.GetProperty("kind").GetString() switch
    {
        "dropoff" => "(drop-off)",
        "event" or "anchor" => node.GetProperty("value").ValueKind == JsonValueKind.Null ? node.GetProperty("event").GetString()! : $"{node.GetProperty("event")} [{node.GetProperty("value")}]",
        var kind => $"({kind})",
    };

    static JsonElement Question(PageExample example) => JsonDocument.Parse(example.Question).RootElement;

    static FlowsDefinition DefinitionOf(PageExample example)
    {
        var definition = FlowsBody.Read(Question(example), new("p", IdentityMode.Simplified, DateTimeZone.Utc), Instant.FromDateTimeOffset(Now), []);
        Assert.NotNull(definition);
        return definition;
    }
}
