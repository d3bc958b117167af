using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Retention;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Retention;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Retention;

/// <summary>Retention answers as docs/semantics/retention.md says, example by example.</summary>
public class Following_the_page
{
    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/retention.md");

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Count; i++) data.Add(i, Page[i].Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_report(int index, string title)
    {
        var (definition, report) = Asked(Page[index], out _);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { string.Join(" | ", definition.Buckets.Select(bucket => NameOf(bucket.From, bucket.Until)).Prepend("size").Prepend("")) };
        foreach (var series in answer.Overall.Concat(answer.Series))
        {
            var prefix = string.Concat(series.Keys.Select(key => $"{key} / "));
            foreach (var row in series.Rows)
                table.Add(Line(prefix + row.Start.Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), row.Size, [.. row.Counts.Select((count, bucket) => Cell(count, row.Sums?[bucket], bucket, row.Complete, row.Begun))]));
            table.Add(Line(prefix + "average", null, [.. series.Average.Select(bucket => Rate(bucket.Rate))]));
            table.Add(Line(prefix + "together", series.Together.Size, [.. series.Together.Counts.Select(count => $"{count}")]));
        }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        var answer = await AskAsync(Page[index], Page[index].Question);

        var table = new List<string> { string.Join(" | ", answer.GetProperty("buckets").EnumerateArray().Select(bucket => NameOf(bucket.GetProperty("from").GetInt32(), bucket.GetProperty("until").GetInt32())).Prepend("size").Prepend("")) };
        foreach (var series in answer.GetProperty("overall").EnumerateArray().Concat(answer.GetProperty("series").EnumerateArray()))
        {
            var prefix = string.Concat(series.GetProperty("keys").EnumerateArray().Select(key => $"{key} / "));
            foreach (var row in series.GetProperty("rows").EnumerateArray())
            {
                var (complete, begun) = (row.GetProperty("complete").GetInt32(), row.GetProperty("begun").GetInt32());
                double? Sum(int bucket) => row.TryGetProperty("sums", out var sums) ? sums[bucket].GetDouble() : null;
                table.Add(Line(prefix + row.GetProperty("start"), row.GetProperty("size").GetInt32(), [.. row.GetProperty("counts").EnumerateArray().Select((count, bucket) => Cell(count.GetInt32(), Sum(bucket), bucket, complete, begun))]));
            }
            table.Add(Line(prefix + "average", null, [.. series.GetProperty("average").EnumerateArray().Select(bucket => Rate(bucket.GetProperty("rate").GetDouble()))]));
            var together = series.GetProperty("together");
            table.Add(Line(prefix + "together", together.GetProperty("size").GetInt32(), [.. together.GetProperty("counts").EnumerateArray().Select(count => $"{count}")]));
        }
        Assert.Equal((title, Page[index].Answer), (title, string.Join('\n', table)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_people_behind_every_number_are_as_many_as_it_says(int index, string title)
    {
        var (definition, report) = Asked(Page[index], out _);
        var answer = await report.AnswerAsync(definition, CancellationToken.None);
        foreach (var series in answer.Overall.Concat(answer.Series))
        {
            async Task Expect(int number, LocalDate? row, int? bucket)
            {
                var (people, _) = await report.PeopleAsync(definition, new(series.ComparedIndex, series.Keys, row, bucket), CancellationToken.None);
                Assert.Equal((title, row, bucket, number), (title, row, bucket, people.Distinct().Count()));
                Assert.Equal(number, people.Count);
            }
            foreach (var row in series.Rows)
            {
                await Expect(row.Size, row.Start.Date, null);
                for (var bucket = 0; bucket < row.Counts.Count; bucket++) await Expect(row.Counts[bucket], row.Start.Date, bucket);
            }
            await Expect(series.Together.Size, null, null);
            for (var bucket = 0; bucket < series.Together.Counts.Count; bucket++) await Expect(series.Together.Counts[bucket], null, bucket);
        }
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 35, $"{Page.Count}");

    static (RetentionDefinition Definition, RetentionReport Report) Asked(PageExample example, out RetentionCell? cell)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZone.Utc);
        var definition = RetentionBody.Read(JsonDocument.Parse(example.Question).RootElement, project, Instant.FromDateTimeOffset(Now), [], out cell);
        Assert.NotNull(definition);
        return (definition, new(new ReportReader(MemoryEvents.Of(example.Events).Source, example.People, ColumnMemory.For(example.Events.Count, example.Events.Count)), TimeProvider.System));
    }

    static async Task<JsonElement> AskAsync(PageExample example, string question)
    {
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(example.Events).Source, Now, people: example.People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/retention") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.Clone();
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }

    static string Line(string name, int? size, string[] cells) => string.Join(" | ", cells.Prepend($"{size}").Prepend(name));

    static string Cell(int count, double? sum, int bucket, int complete, int begun) =>
        bucket >= begun ? "-" : $"{count}{(sum is null ? "" : $" ({ValueText.Number(sum.Value)})")}{(bucket < complete ? "" : "*")}";

    static string Rate(double rate) => ValueText.Number(Math.Round(rate, 4));

    static string NameOf(int from, int until) => until == from + 1 ? $"{from}" : $"{from}-{until - 1}";
}
