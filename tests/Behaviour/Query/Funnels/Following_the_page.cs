using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Funnels;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Funnels;

/// <summary>Funnels answer as docs/semantics/funnels.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/funnels.md");

    public static TheoryData<int, string> Examples() => Where(_ => true);

    /// <summary>The kernel knows no profiles, gives no lists of people, and looks at no numbers before it begins.</summary>
    public static TheoryData<int, string> OfNumbers() =>
        Where(example => !example.Question.Contains("\"user.", StringComparison.Ordinal) && !example.Question.Contains("\"people\"", StringComparison.Ordinal) && !example.Question.Contains("\"limit\"", StringComparison.Ordinal)
            && !example.Question.Contains("\"ranges\"", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(OfNumbers))]
    public void In_the_kernel(int index, string title)
    {
        var (example, definition) = (Page[index], DefinitionOf(Page[index]));
        var counted = new FunnelOracle(definition, FunnelOracle.Kernel).Answer(example.Events);

        var table = new StringBuilder(string.Join(" | ", definition.Steps.Select(step => step.Name).Prepend("")));
        for (var compared = 0; compared < Math.Max(1, definition.Compared.Count); compared++)
            foreach (var series in counted.Where(row => row.Compared == compared && row.Bucket is null).GroupBy(row => row.Series).OrderBy(series => series.Key.Length > 0).ThenByDescending(series => series.Count()).ThenBy(series => series.Key, StringComparer.Ordinal))
            {
                var name = NameOf(series.Key.Length == 0 ? "all" : string.Join(" / ", series.Key[1..].Split('|')), definition, compared, null);
                table.Append('\n').AppendJoin(" | ", Cells(example, definition, [.. series]).Prepend(name));
                if (definition.Unit is not { } unit) continue;
                foreach (var start in Buckets.Cut(definition.Range, unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek).Starts)
                    table.Append('\n').AppendJoin(" | ", Cells(example, definition, [.. counted.Where(row => row.Series == series.Key && row.Compared == compared && row.Bucket == start)])
                        .Prepend(NameOf("all", definition, compared, start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture))));
            }
        Assert.Equal((title, example.Answer), (title, table.ToString()));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_report(int index, string title)
    {
        var (example, definition) = (Page[index], DefinitionOf(Page[index]));
        var report = new FunnelReport(new ReportReader(MemoryEvents.Of(example.Events).Source, example.People, ColumnMemory.For(index, example.Events.Count)), TimeProvider.System);
        var people = FunnelPeopleBody.Read(JsonDocument.Parse(example.Question).RootElement, definition.Steps.Count, []);
        if (people is not null)
        {
            var found = await report.PeopleAsync(definition, people.Number, CancellationToken.None);
            var list = found.People.Select(person => $"{person.Person} | {Iso(person.EntryMs)} | {person.Reached} | {person.End.ToString().ToLowerInvariant()}");
            Assert.Equal((title, example.Answer), (title, string.Join('\n', list.Prepend("person | entered | reached | end"))));
            return;
        }

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { string.Join(" | ", definition.Steps.Select(step => step.Name).Prepend("")) };
        foreach (var series in answer.Series)
        {
            var name = series.Kind switch { FunnelSeriesKind.Whole => "all", FunnelSeriesKind.Other => "(other)", FunnelSeriesKind.Value => string.Join(" / ", series.Keys) };
            table.Add(string.Join(" | ", Cells(example, definition, series.Whole).Prepend(NameOf(name, definition, series.ComparedIndex, null))));
            for (var bucket = 0; bucket < series.Buckets.Count; bucket++)
                table.Add(string.Join(" | ", Cells(example, definition, series.Buckets[bucket]).Prepend(NameOf(name, definition, series.ComparedIndex, answer.Starts[bucket].ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)))));
        }
        Assert.Equal((title, example.Answer), (title, string.Join('\n', table)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        var example = Page[index];
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(example.Events).Source, Now, people: example.People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/funnels") { Content = new StringContent(example.Question, Encoding.UTF8, "application/json") };

        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        Assert.Equal((title, example.Answer), (title, answer.TryGetProperty("people", out _) ? PeopleTable(answer) : Table(example, answer)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 50);

    static string PeopleTable(JsonElement answer)
    {
        Assert.Equal(answer.GetProperty("people").GetArrayLength(), answer.GetProperty("count").GetInt32());
        var people = answer.GetProperty("people").EnumerateArray().Select(person => string.Join(" | ", person.EnumerateObject().Select(member => member.Value.ToString())));
        return string.Join('\n', people.Prepend("person | entered | reached | end"));
    }

    static string Table(PageExample example, JsonElement answer)
    {
        var table = new List<string> { string.Join(" | ", Texts(answer, "steps").Prepend("")) };
        foreach (var series in answer.GetProperty("series").EnumerateArray())
        {
            var name = series.GetProperty("kind").GetString() switch { "whole" => "all", "other" => "(other)", _ => string.Join(" / ", Texts(series, "keys")) };
            if (series.TryGetProperty("compared", out var compared)) name += $", {compared.GetString()}";
            table.Add(string.Join(" | ", Cells(example, series).Prepend(name)));
            if (!series.TryGetProperty("buckets", out var buckets)) continue;
            foreach (var (bucket, start) in buckets.EnumerateArray().Zip(Texts(answer, "buckets"))) table.Add(string.Join(" | ", Cells(example, bucket).Prepend($"{name}, {start}")));
        }
        return string.Join('\n', table);
    }

    static IEnumerable<string> Cells(PageExample example, JsonElement counts) => counts.GetProperty("steps").EnumerateArray().Select(step =>
    {
        double? median = step.GetProperty("time_from_previous") is { ValueKind: JsonValueKind.Object } times ? times.GetProperty("median_ms").GetDouble() : null;
        return Cell(example, step.GetProperty("count").GetInt64(), step.GetProperty("excluded").GetInt64(), step.TryGetProperty("sum", out var sum) ? sum.GetDouble() : 0, median);
    });

    static IEnumerable<string> Cells(PageExample example, FunnelDefinition definition, FunnelCounts counts) =>
        counts.Steps.Select(step => Cell(example, step.Reached, step.Excluded, definition.Sum is null ? 0 : step.Sum, step.TimeFromPrevious?.Spread?.MedianMs));

    static IEnumerable<string> Cells(PageExample example, FunnelDefinition definition, List<FunnelOracle.Counted> counted)
    {
        for (var step = 0; step < definition.Steps.Count; step++)
        {
            var reached = counted.Where(row => row.StepMs.Count > step).ToList();
            var times = step == 0 ? [] : reached.Select(row => row.StepMs[step] - row.StepMs[step - 1]).Order().ToList();
            double? median = times.Count == 0 ? null : (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2.0;
            yield return Cell(example, reached.Count, counted.Count(row => row.StepMs.Count == step + 1 && row.End == FunnelEnd.Excluded), reached.Sum(row => row.Values[step]), median);
        }
    }

    /// <summary>The count, and what else is not nothing.</summary>
    static string Cell(PageExample example, long count, long excluded, double sum, double? medianMs)
    {
        var text = $"{count}";
        if (excluded > 0) text += $", {excluded} excluded";
        if (sum != 0) text += $" sum {sum}";
        if (medianMs is { } ms && example.Question.Contains("\"times\": true", StringComparison.Ordinal)) text += $" in {ms / 1000} s";
        return text;
    }

    static string NameOf(string name, FunnelDefinition definition, int compared, string? bucket) =>
        name + (definition.Compared.Count == 0 ? "" : $", {definition.Compared[compared].Label}") + (bucket is null ? "" : $", {bucket}");

    static FunnelDefinition DefinitionOf(PageExample example)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZone.Utc);
        var errors = new List<Cairn.Projects.FieldError>();
        var definition = FunnelBody.Read(JsonDocument.Parse(example.Question).RootElement, project, Instant.FromDateTimeOffset(Now), errors);
        Assert.True(definition is not null, string.Join('\n', errors));
        return definition;
    }

    static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static IEnumerable<string> Texts(JsonElement from, string name) => from.GetProperty(name).EnumerateArray().Select(item => item.ToString());

    static TheoryData<int, string> Where(Func<PageExample, bool> wanted)
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++)
            if (wanted(Page[i])) data.Add(i, Page[i].Title);
        return data;
    }
}
