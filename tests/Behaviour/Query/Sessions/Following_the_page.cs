using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Api.V1.Sessions;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Sessions;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Sessions;

/// <summary>Sessions are as docs/semantics/sessions.md says, example by example.</summary>
public class Following_the_page
{
    const string Header = " | sessions | users | events | total s | average s | median s", ListHeader = "person | started at | length ms | events | entry | exit";

    static readonly DateTimeOffset Now = new(2025, 12, 31, 12, 0, 0, TimeSpan.Zero);

    static readonly IReadOnlyList<PageExample> Page = PageExample.Of("docs/semantics/sessions.md");

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
        foreach (var person in Page[index].Events.Where(row => row.DistinctId is not null).GroupBy(row => row.DistinctId))
        {
            var rows = person.OrderBy(row => row.Time).ToList();
            var (expected, found) = (SessionOracle.SessionsOf(definition.Switches.Sessions, definition.Project.Zone, rows), SessionRows.ByKernel(definition.Switches.Sessions, definition.Project.Zone, rows));
            Assert.Equal((title, string.Join(' ', expected)), (title, string.Join(' ', found)));
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task In_the_report_and_down_to_the_people(int index, string title)
    {
        var (example, definition) = (Page[index], DefinitionOf(Page[index]));
        var report = new SessionsReport(new ReportReader(MemoryEvents.Of(example.Events).Source, example.People, new ColumnCache(1 << 20)), TimeProvider.System);
        if (SessionsPeopleBody.Read(Question(example), []) is { } people)
        {
            var (sessions, _) = await report.SessionsAsync(definition, people.Number, CancellationToken.None);
            var lines = sessions.Select(session => string.Join(" | ", session.Person, Iso(session.StartMs), $"{session.LengthMs}", $"{session.Events}", session.Entry, session.Exit));
            Assert.Equal((title, example.Answer), (title, string.Join('\n', lines.Prepend(ListHeader))));
            return;
        }

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var table = new List<string> { Header };
        foreach (var series in answer.Series)
        {
            var prefix = series.Kind switch { SessionSeriesKind.Whole => "", SessionSeriesKind.Other => "(other) / ", SessionSeriesKind.Value => string.Concat(series.Keys.Select(key => $"{key} / ")) };
            for (var bucket = 0; bucket < series.Buckets.Count; bucket++)
            {
                table.Add(Line(prefix + Name(definition, answer.Starts[bucket]), series.Buckets[bucket]));
                await Expect(series.Buckets[bucket], new(series.Keys, series.Kind == SessionSeriesKind.Other, answer.Starts[bucket]));
            }
            table.Add(Line($"{prefix}whole", series.Whole));
            await Expect(series.Whole, new(series.Keys, series.Kind == SessionSeriesKind.Other));
            if (example.Question.Contains("\"ends\"", StringComparison.Ordinal))
            {
                table.AddRange(series.Entries.Select(end => $"begin with {end.Event} | {end.Sessions}"));
                table.AddRange(series.Exits.Select(end => $"end with {end.Event} | {end.Sessions}"));
            }
            if (example.Question.Contains("\"bins_ms\"", StringComparison.Ordinal))
                table.AddRange(series.Whole.Bins.Select((count, bin) => $"{definition.BinsMs[bin]} to {definition.BinsMs[bin + 1]} ms | {count}"));
        }
        Assert.Equal((title, example.Answer), (title, string.Join('\n', table)));

        async Task Expect(SessionCounts counts, SessionsNumber number)
        {
            Assert.Equal((title, number, counts.Sessions), (title, number, (await report.SessionsAsync(definition, number, CancellationToken.None)).Sessions.Count));
            Assert.Equal((title, number, counts.Users), (title, number, (await report.UsersAsync(definition, number, CancellationToken.None)).People.Distinct().Count()));
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Over_HTTP(int index, string title)
    {
        var example = Page[index];
        await using var app = await QueryApp.StartAsync(MemoryEvents.Of(example.Events).Source, Now, people: example.People);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/sessions") { Content = new StringContent(example.Question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        Assert.Equal((title, example.Answer), (title, answer.TryGetProperty("sessions", out var list) ? ListOf(answer, list) : TableOf(example, answer)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Page.Count >= 28);

    static string ListOf(JsonElement answer, JsonElement list)
    {
        Assert.Equal(list.GetArrayLength(), answer.GetProperty("count").GetInt32());
        return string.Join('\n', list.EnumerateArray().Select(session => string.Join(" | ", session.EnumerateObject().Select(member => member.Value.ToString()))).Prepend(ListHeader));
    }

    static string TableOf(PageExample example, JsonElement answer)
    {
        var table = new List<string> { Header };
        foreach (var series in answer.GetProperty("series").EnumerateArray())
        {
            var prefix = series.GetProperty("kind").GetString() switch { "whole" => "", "other" => "(other) / ", _ => string.Concat(series.GetProperty("keys").EnumerateArray().Select(key => $"{key} / ")) };
            foreach (var (bucket, start) in series.GetProperty("buckets").EnumerateArray().Zip(answer.GetProperty("buckets").EnumerateArray())) table.Add(Line(prefix + start, bucket));
            table.Add(Line($"{prefix}whole", series));
            if (example.Question.Contains("\"ends\"", StringComparison.Ordinal))
            {
                table.AddRange(series.GetProperty("entries").EnumerateArray().Select(end => $"begin with {end.GetProperty("event")} | {end.GetProperty("sessions")}"));
                table.AddRange(series.GetProperty("exits").EnumerateArray().Select(end => $"end with {end.GetProperty("event")} | {end.GetProperty("sessions")}"));
            }
            if (example.Question.Contains("\"bins_ms\"", StringComparison.Ordinal))
                table.AddRange(series.GetProperty("bins").EnumerateArray().Select(bin => $"{bin.GetProperty("from_ms")} to {bin.GetProperty("until_ms")} ms | {bin.GetProperty("sessions")}"));
        }
        return string.Join('\n', table);
    }

    static string Line(string name, JsonElement counts) => string.Join(
        " | ", name, counts.GetProperty("sessions").ToString(), counts.GetProperty("users").ToString(), counts.GetProperty("events").ToString(), Seconds(counts.GetProperty("total_ms").GetDouble()),
        Seconds(counts.GetProperty("average_ms").GetDouble()), Seconds(counts.GetProperty("lengths") is { ValueKind: JsonValueKind.Object } lengths ? lengths.GetProperty("median_ms").GetDouble() : 0));

    static string Line(string name, SessionCounts counts) => string.Join(
        " | ", name, $"{counts.Sessions}", $"{counts.Users}", $"{counts.Events}", Seconds(counts.TotalMs), Seconds(counts.AverageMs), Seconds(counts.Lengths?.MedianMs ?? 0));

    /// <summary>To a ten-thousandth.</summary>
    static string Seconds(double ms) => ValueText.Number(Math.Round(ms / 1000, 4));

    static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static string Name(SessionsDefinition definition, LocalDateTime start) =>
        start.ToString(definition.Unit.Unit < TimeUnit.Day ? "uuuu-MM-dd'T'HH:mm" : "uuuu-MM-dd", CultureInfo.InvariantCulture);

    static JsonElement Question(PageExample example) => JsonDocument.Parse(example.Question).RootElement;

    static SessionsDefinition DefinitionOf(PageExample example)
    {
        var definition = SessionsBody.Read(Question(example), new("p", IdentityMode.Simplified, DateTimeZone.Utc), Instant.FromDateTimeOffset(Now), []);
        Assert.NotNull(definition);
        return definition;
    }
}
