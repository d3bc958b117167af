using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using Cairn.Support;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Segmentation;

/// <summary>The segmentation kernel and its naive twin agree on random events, however they are cut into files.</summary>
public class Counting_like_the_oracle
{
    static readonly string[] Filters =
    [
        "properties[\"plan\"] == \"pro\"", "properties[\"n\"] > 3", "not (properties[\"n\"] > 3)", "defined(properties[\"plan\"])",
        "properties[\"plan\"] == \"pro\" and properties[\"n\"] > 3", "properties[\"plan\"] == \"pro\" or not defined(properties[\"n\"])",
        "\"a\" in properties[\"tags\"]", "properties[\"n\"] in [1, 2, 5]", "properties[\"paid\"]", "properties[\"mixed\"] == 1 or properties[\"mixed\"] == \"1\"",
        "properties[\"n\"] > 2 and not (properties[\"paid\"] or properties[\"plan\"] == \"free\")",
        "event[\"$time\"] >= datetime(\"2025-03-30T12:00:00\")", "string(properties[\"n\"], \"none\") != \"none\"",
    ];

    static readonly string[] Breakdowns =
    [
        "properties[\"plan\"]", "properties[\"n\"]", "properties[\"tags\"]", "properties[\"paid\"]", "properties[\"mixed\"]", "properties[\"absent\"]",
        "properties[\"n\"] % 2", "properties[\"plan\"] == \"pro\" and properties[\"paid\"]", "properties[\"distinct_id\"]",
    ];

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        var seeds = FullRun.Count(300, 10_000);
        for (var seed = 1; seed <= seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {seeds}: engine and oracle gave the same answer");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var events = RandomEvents(random).ToList();
        var definition = RandomDefinition(random);
        var expected = SegmentationOracle.Answer(definition, events);
        var answer = await Answer(definition, Cut(events, random).Source, ColumnMemory.For(seed, events.Count));

        foreach (var series in answer.Series)
        {
            var key = (series.EventIndex, series.ComparedIndex, string.Concat(series.Keys.Select(text => $"|{text}")));
            var cells = expected.GetValueOrDefault(key) ?? [];
            for (var bucket = 0; bucket < answer.Starts.Count; bucket++)
                Same(cells.GetValueOrDefault(answer.Starts[bucket]), series.Values[bucket], seed, $"{key} at {answer.Starts[bucket]}");
            expected.Remove(key);
        }
        Assert.True(expected.Count == 0, $"seed {seed}: no series for {string.Join(' ', expected.Keys)}");
    }

    static void Same(double expected, double actual, int seed, string place) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Abs(expected)), $"seed {seed}: expected {expected}, found {actual}, {place}");

    internal static Task<SegmentationAnswer> Answer(SegmentationDefinition definition, IEventSource events, ColumnCache cache)
    {
        var reader = new ReportReader(events, new MemoryPeople(), cache);
        return new SegmentationReport(reader, TimeProvider.System).AnswerAsync(definition, CancellationToken.None);
    }

    internal static MemoryEvents Cut(List<MemoryEvent> events, Random random)
    {
        var source = new MemoryEvents();
        for (var at = 0; at < events.Count;)
        {
            var length = Math.Min(random.Next(1, 80), events.Count - at);
            // A row that another file holds already stands in this one too and is left out.
            var copies = random.Next(3) == 0 ? 1 : 0;
            source.AddPart([.. events.GetRange(at, length), .. events.GetRange(0, copies)], copies == 1 ? [length] : []);
            at += length;
        }
        return source;
    }

    internal static IEnumerable<MemoryEvent> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 3, 28, 0, 0, 0, TimeSpan.Zero);
        var count = random.Next(0, 400);
        for (var i = 0; i < count; i++)
        {
            var properties = new List<string>();
            if (random.Next(4) > 0) properties.Add($"\"plan\":\"{new[] { "free", "pro", "team" }[random.Next(3)]}\"");
            if (random.Next(4) > 0) properties.Add($"\"n\":{random.Next(8)}");
            if (random.Next(3) == 0) properties.Add($"\"tags\":[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{(char)('a' + random.Next(4))}\""))}]");
            if (random.Next(3) == 0) properties.Add($"\"paid\":{(random.Next(2) == 0 ? "true" : "false")}");
            if (random.Next(3) == 0) properties.Add($"\"mixed\":{new[] { "1", "\"1\"", "true", "[1]" }[random.Next(4)]}");
            if (random.Next(3) == 0) properties.Add($"\"price\":{(random.NextDouble() * 100).ToString("F2", System.Globalization.CultureInfo.InvariantCulture)}");
            yield return new(
                new[] { "Sign Up", "Purchase", "View" }[random.Next(3)],
                start.AddMilliseconds(random.NextInt64(6L * 24 * 3600 * 1000)),
                random.Next(20) == 0 ? null : $"u{random.Next(12)}",
                $"{{{string.Join(',', properties)}}}");
        }
    }

    static Expression RandomBreakdown(Random random, DateTimeZone zone) => random.Next(6) switch
    {
        0 => new Expression.Cut(ExpressionParser.Parse("properties[\"price\"]"), random.Next(2) == 0 ? new NumberCut.Width(random.Next(5, 60), random.Next(9)) : new NumberCut.Edges([10, 20.5, 70])),
        1 => new Expression.Cut(ExpressionParser.Parse("properties[\"$time\"]"), new DateCut((DatePart)random.Next(6), zone, random.Next(2) == 0 ? IsoDayOfWeek.Monday : IsoDayOfWeek.Sunday)),
        _ => ExpressionParser.ParseBreakdown(Breakdowns[random.Next(Breakdowns.Length)]),
    };

    internal static SegmentationDefinition RandomDefinition(Random random)
    {
        var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
        var project = new ReportProject("p", IdentityMode.Simplified, zone);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(3));
        Expression? Filter() => random.Next(3) == 0 ? ExpressionParser.Parse(Filters[random.Next(Filters.Length)]) : null;
        return new()
        {
            Project = project,
            Range = project.Days(first, first.PlusDays(random.Next(5))),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(4) == 0
                ? EventSelection.Every("any", Filter())
                : new EventSelection("some", [.. new[] { "Sign Up", "Purchase", "Nothing" }.Take(random.Next(1, 4))], Filter()))],
            Filter = Filter(),
            Compared = random.Next(3) == 0 ? [new("all", null), new("some", ExpressionParser.Parse(Filters[random.Next(Filters.Length)]))] : [],
            Breakdowns = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new Breakdown(RandomBreakdown(random, zone)))],
            Measure = random.Next(9) switch
            {
                0 or 1 => new Measure.Totals(),
                2 or 3 => new Measure.Uniques(),
                4 => new Measure.AveragePerUser(),
                _ => new Measure.Property(ExpressionParser.Parse("properties[\"price\"]"), (Aggregate)random.Next(5)),
            },
            Unit = new((TimeUnit)random.Next(6)),
            Limit = 10_000,
            Switches = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude,
        };
    }
}
