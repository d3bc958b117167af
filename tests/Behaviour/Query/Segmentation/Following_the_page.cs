using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Segmentation;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Segmentation;

/// <summary>Segmentation answers as docs/semantics/segmentation.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/segmentation.md");

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++) data.Add(i, Page[i].Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_kernel(int index, string title)
    {
        var example = Page[index];
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZone.Utc);
        var definition = SegmentationBody.Read(JsonDocument.Parse(example.Question).RootElement, project, Instant.FromDateTimeOffset(Now), []);
        Assert.NotNull(definition);
        var report = new SegmentationReport(new ReportReader(MemoryEvents.Of(example.Events).Source, example.People, ColumnMemory.For(index, example.Events.Count)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var format = definition.Unit.Unit < TimeUnit.Day ? "uuuu-MM-dd'T'HH:mm" : "uuuu-MM-dd";
        var table = new List<string> { string.Join(" | ", answer.Starts.Select(start => start.ToString(format, CultureInfo.InvariantCulture)).Prepend("").Append("whole")) };
        foreach (var series in answer.Series)
        {
            var compared = definition.Compared.Count == 0 ? "" : $", {definition.Compared[series.ComparedIndex].Label}";
            var name = string.Join(" / ", KeysOf(series).Prepend(definition.Events[series.EventIndex].Label + compared));
            table.Add(string.Join(" | ", series.Values.Append(series.Whole).Select(ValueText.Number).Prepend(name)));
            foreach (var bin in series.Bins) table.Add(string.Join(" | ", bin.Values.Append(bin.Whole).Select(value => $"{value}").Prepend($"{name} [{End(bin.From)}, {End(bin.Until)})")));
        }
        foreach (var series in answer.Formulas)
            table.Add(string.Join(" | ", series.Values.Append(series.Whole).Select(ValueText.Number).Prepend(string.Join(" / ", KeysOf(series).Prepend(definition.Formulas[series.EventIndex].Label)))));
        foreach (var series in answer.Previous?.Series ?? [])
            table.Add(string.Join(" | ", series.Values.Append(series.Whole).Select(ValueText.Number).Prepend(string.Join(" / ", KeysOf(series).Prepend($"before: {definition.Events[series.EventIndex].Label}")))));
        Assert.Equal((title, example.Answer), (title, string.Join('\n', table)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        var example = Page[index];
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(example.Events).Source, Now, people: example.People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/segmentation") { Content = new StringContent(example.Question, Encoding.UTF8, "application/json") };

        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        var table = new List<string> { string.Join(" | ", Texts(answer, "buckets").Prepend("").Append("whole")) };
        foreach (var series in answer.GetProperty("series").EnumerateArray())
        {
            var compared = series.TryGetProperty("compared", out var label) ? $", {label.GetString()}" : "";
            var name = string.Join(" / ", KeysOf(series).Prepend(series.GetProperty("event").GetString() + compared));
            table.Add(RowOf(series, name));
            if (!series.TryGetProperty("bins", out var bins)) continue;
            foreach (var bin in bins.EnumerateArray()) table.Add(RowOf(bin, $"{name} [{End(bin, "from")}, {End(bin, "until")})"));
        }
        if (answer.TryGetProperty("formulas", out var formulas))
            foreach (var series in formulas.EnumerateArray()) table.Add(RowOf(series, string.Join(" / ", KeysOf(series).Prepend(series.GetProperty("formula").GetString()))));
        if (answer.TryGetProperty("previous", out var previous))
            foreach (var series in previous.GetProperty("series").EnumerateArray()) table.Add(RowOf(series, string.Join(" / ", KeysOf(series).Prepend($"before: {series.GetProperty("event").GetString()}"))));
        Assert.Equal((title, example.Answer), (title, string.Join('\n', table)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 15);

    static IEnumerable<string> KeysOf(Series series) => series.Kind == SeriesKind.Value ? series.Keys : [series.Kind == SeriesKind.Overall ? "(overall)" : "(other)"];

    static IEnumerable<string> KeysOf(JsonElement series) => series.TryGetProperty("kind", out var kind) ? [$"({kind.GetString()})"] : Texts(series, "keys");

    static string End(double? end) => end is { } number ? ValueText.Number(number) : "";

    static string End(JsonElement bin, string name) => bin.GetProperty(name).ToString();

    static string RowOf(JsonElement series, string name) => string.Join(" | ", Texts(series, "values").Append(series.GetProperty("whole").ToString()).Prepend(name));

    static IEnumerable<string> Texts(JsonElement from, string name) => from.GetProperty(name).EnumerateArray().Select(item => item.ToString());
}
