using System.Globalization;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Retention;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Retention;

/// <summary>Whole retention reports and the naive twin agree on random events and questions, however the events are cut into files.</summary>
public class Counting_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(150, 3_000);

    static readonly string[] Filters = ["properties[\"plan\"] == \"pro\"", "properties[\"n\"] > 2", "not (properties[\"plan\"] == \"free\" and properties[\"n\"] > 1)", "\"a\" in properties[\"tags\"]"];

    static readonly string[] Breakdowns = ["properties[\"plan\"]", "properties[\"tags\"]", "properties[\"n\"] % 2"];

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        for (var seed = 1; seed <= Seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}: every row, series and number together, and the people of a cell, are those of the naive twin");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var events = RandomEvents(random).ToList();
        var definition = RandomDefinition(random);
        var sums = new Dictionary<(int Compared, string Keys, LocalDate? Row, int Bucket), double>();
        var expected = RetentionCounts.Of(definition, events, sums);
        int Expected(RetentionSeries series, LocalDate? row, int bucket) =>
            expected.GetValueOrDefault((series.ComparedIndex, string.Concat(series.Keys.Select(key => $"|{key}")), row, bucket))?.Count ?? 0;
        var source = new MemoryEvents();
        var report = new RetentionReport(new ReportReader(source.Source, new MemoryPeople(), ColumnMemory.For(seed, events.Count)), TimeProvider.System);
        // Some were there when the report was asked before; what comes later lies over them.
        var before = random.Next(events.Count + 1);
        Cut(source, events[..before], random);
        if (random.Next(2) == 0) await report.AnswerAsync(definition, CancellationToken.None);
        Cut(source, events[before..], random);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var names = new HashSet<(int, string)>();
        foreach (var series in answer.Overall.Concat(answer.Series))
        {
            names.Add((series.ComparedIndex, string.Concat(series.Keys.Select(key => $"|{key}"))));
            var all = definition.BreakdownAt == BreakdownAt.Birth ? series : answer.Overall[series.ComparedIndex];
            foreach (var row in series.Rows)
            {
                Same(Expected(all, row.Start.Date, -1), row.Size, $"size of {row.Start}");
                for (var bucket = 0; bucket < (row.Sums?.Count ?? 0); bucket++)
                {
                    var sum = sums.GetValueOrDefault((series.ComparedIndex, string.Concat(series.Keys.Select(key => $"|{key}")), row.Start.Date, bucket));
                    Assert.True(Math.Abs(sum - row.Sums![bucket]) < 1e-9, $"seed {seed}: expected a sum of {sum}, found {row.Sums[bucket]} in bucket {bucket} of {row.Start}");
                }
                for (var bucket = 0; bucket < row.Counts.Count; bucket++) Same(Expected(series, row.Start.Date, bucket), row.Counts[bucket], $"bucket {bucket} of {row.Start}");
            }
            Same(Expected(all, null, -1), series.Together.Size, "people together");
            for (var bucket = 0; bucket < series.Together.Counts.Count; bucket++) Same(Expected(series, null, bucket), series.Together.Counts[bucket], $"bucket {bucket} together");
            void Same(int number, int found, string place) => Assert.True(number == found, $"seed {seed}: expected {number}, found {found}, {place} of {series.ComparedIndex} {string.Join('|', series.Keys)}");
        }
        foreach (var (compared, keys, _, _) in expected.Keys) Assert.True(names.Contains((compared, keys)), $"seed {seed}: no series {compared} {keys}");
        await ExpectPeople(seed, random, definition, report, answer, expected);
    }

    /// <summary>The people of one cell, by name.</summary>
    static async Task ExpectPeople(
        int seed, Random random, RetentionDefinition definition, RetentionReport report, RetentionAnswer answer, Dictionary<(int, string, LocalDate?, int), HashSet<string>> expected)
    {
        var all = answer.Overall.Concat(answer.Series).ToList();
        var series = all[random.Next(all.Count)];
        LocalDate? row = random.Next(3) == 0 ? null : series.Rows[random.Next(series.Rows.Count)].Start.Date;
        var bucket = random.Next(-1, definition.Buckets.Count);
        var keys = bucket < 0 && definition.BreakdownAt != BreakdownAt.Birth ? "" : string.Concat(series.Keys.Select(key => $"|{key}"));
        var people = expected.GetValueOrDefault((series.ComparedIndex, keys, row, bucket)) ?? [];

        var (found, _) = await report.PeopleAsync(definition, new(series.ComparedIndex, series.Keys, row, bucket < 0 ? null : bucket), CancellationToken.None);

        Assert.True(found.SequenceEqual(people.Order(StringComparer.Ordinal)), $"seed {seed}: expected {string.Join(' ', people.Order(StringComparer.Ordinal))}, found {string.Join(' ', found)}");
    }

    static void Cut(MemoryEvents source, List<MemoryEvent> events, Random random)
    {
        for (var at = 0; at < events.Count;)
        {
            var length = Math.Min(random.Next(1, 80), events.Count - at);
            source.AddPart(events.GetRange(at, length));
            at += length;
        }
    }

    static IEnumerable<MemoryEvent> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 2, 20, 0, 0, 0, TimeSpan.Zero);
        for (var i = random.Next(300); i > 0; i--)
        {
            var properties = new List<string>();
            if (random.Next(4) > 0) properties.Add($"\"plan\":\"{new[] { "free", "pro" }[random.Next(2)]}\"");
            if (random.Next(4) > 0) properties.Add($"\"n\":{random.Next(5)}");
            if (random.Next(3) == 0) properties.Add($"\"tags\":[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => $"\"{(char)('a' + random.Next(3))}\""))}]");
            // Odd milliseconds of their own keep any two events apart.
            var at = start.AddHours(random.Next(50 * 24)).AddMilliseconds(i);
            yield return new(new[] { "Sign Up", "Buy", "View" }[random.Next(3)], at, random.Next(20) == 0 ? null : "u" + random.Next(15).ToString(CultureInfo.InvariantCulture), $"{{{string.Join(',', properties)}}}");
        }
    }

    static RetentionDefinition RandomDefinition(Random random)
    {
        Expression? Filter(int oneOf) => random.Next(oneOf) == 0 ? ExpressionParser.Parse(Filters[random.Next(Filters.Length)]) : null;
        EventSelection Selection() => random.Next(4) == 0 ? EventSelection.Every("any", Filter(2)) : EventSelection.Named(new[] { "Sign Up", "Buy", "View" }[random.Next(3)], Filter(2));
        return Living_like_the_oracle.RandomDefinition(random) with
        {
            Birth = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Selection())],
            Return = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Selection())],
            Filter = Filter(4),
            Compared = random.Next(3) == 0 ? [new("all", null), new("some", ExpressionParser.Parse(Filters[random.Next(Filters.Length)]))] : [],
            Breakdowns = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new Breakdown(ExpressionParser.ParseBreakdown(Breakdowns[random.Next(Breakdowns.Length)])))],
            SumOf = random.Next(2) == 0 ? null : ExpressionParser.ParseBreakdown("properties[\"n\"]"),
            BreakdownAt = (BreakdownAt)random.Next(3),
            Limit = 10_000,
        };
    }
}
