using Cairn.Model.Identity;
using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Cohorts;

/// <summary>The cohort search and its naive twin agree on random people and random trees of conditions, however the events are cut into files.</summary>
public class Judging_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(300, 10_000);

    static readonly string[] Names = ["Sign Up", "Buy", "View"], Filters = ["properties[\"n\"] > 2", "properties[\"plan\"] == \"pro\"", "not defined(properties[\"n\"])"];

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];

    [Fact]
    public async Task Agrees_on_random_cohorts()
    {
        for (var seed = 1; seed <= Seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}: the people are those of the naive twin");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var zone = DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]];
        var project = new ReportProject("p", IdentityMode.Simplified, zone);
        var events = RandomEvents(random).ToList();
        var source = new MemoryEvents();
        var parts = events.Chunk(random.Next(1, 60)).ToList();
        var before = random.Next(parts.Count + 1);
        foreach (var part in parts[..before]) source.AddPart(part);
        var people = new MemoryPeople();
        var plans = new Dictionary<string, string>();
        // Some have events alone, some a profile alone, some both.
        for (var i = 5; i < 14; i++)
        {
            plans[$"u{i}"] = new[] { "pro", "free" }[random.Next(2)];
            people.With($"u{i}", $"{{\"plan\":\"{plans[$"u{i}"]}\"}}");
        }
        var other = RandomCondition(random, zone, 1, mayRefer: false);
        var condition = RandomCondition(random, zone, 3, mayRefer: true);
        var report = new CohortReport(new ReportReader(source.Source, people, ColumnMemory.For(seed, parts.Sum(part => part.Length))), new MemoryCohorts().With("other", other), TimeProvider.System);
        var definition = new CohortDefinition { Project = project, Now = Instant.FromUtc(2025, 5, 1, 0, 0), Condition = condition };
        // Some were there when the cohort was asked for before; what comes later lies over them.
        if (random.Next(2) == 0) await report.AnswerAsync(definition, CancellationToken.None);
        foreach (var part in parts[before..]) source.AddPart(part);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var known = events.Select(row => row.DistinctId).OfType<string>().Concat(plans.Keys).Distinct();
        var expected = known.Where(person => CohortOracle.Holds(
            condition,
            [.. events.Where(row => row.DistinctId == person)],
            name => name == "plan" && plans.TryGetValue(person, out var plan) ? Value.Of(plan) : Value.Undefined,
            zone,
            _ => other)).Order(StringComparer.Ordinal);
        Assert.True(expected.SequenceEqual(answer.People), $"seed {seed}: expected {string.Join(' ', expected)}, found {string.Join(' ', answer.People)} for {condition}");
    }

    static CohortCondition RandomCondition(Random random, DateTimeZone zone, int depth, bool mayRefer)
    {
        CohortCondition[] Several() => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomCondition(random, zone, depth - 1, mayRefer))];
        EventSelection Selection()
        {
            var filter = random.Next(3) == 0 ? ExpressionParser.Parse(Filters[random.Next(Filters.Length)]) : null;
            return random.Next(5) == 0 ? EventSelection.Every("any", filter) : EventSelection.Named(Names[random.Next(Names.Length)], filter);
        }
        EventSelection[] Events() => [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Selection())];
        TimeRange Within()
        {
            var from = new LocalDate(2025, 3, 20).PlusDays(random.Next(20));
            return random.Next(3) switch
            {
                0 => TimeRange.Ever,
                1 => TimeRange.Days(from, from.PlusDays(random.Next(20)), zone),
                _ => TimeRange.Ever with { From = zone.AtStartOfDay(from).ToInstant() },
            };
        }
        CohortMeasure Measure() => random.Next(5) switch
        {
            0 or 1 => new CohortMeasure.Count(),
            2 => new CohortMeasure.Days(),
            3 => new CohortMeasure.Distinct(ExpressionParser.ParseBreakdown(random.Next(2) == 0 ? "properties[\"n\"]" : "properties[\"tags\"]")),
            _ => new CohortMeasure.Number(ExpressionParser.ParseBreakdown("properties[\"n\"]"), (Aggregate)random.Next(5)),
        };
        return random.Next(depth > 0 ? 12 : 8) switch
        {
            0 or 1 or 2 => new CohortCondition.Did(Events(), Measure(), (Comparison)random.Next(6), random.Next(8) / 2.0, Within()),
            3 => new CohortCondition.FirstDid(Events(), Within()),
            4 => new CohortCondition.Sequence([.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Events())], random.Next(3) == 0 ? null : random.Next(6) * 86_400_000L, Within()),
            5 => new CohortCondition.Latest(Events(), ExpressionParser.Parse(Filters[random.Next(Filters.Length)]), Within()),
            6 => new CohortCondition.IsNow(ExpressionParser.Parse("user[\"plan\"] == \"pro\"")),
            7 => mayRefer ? new CohortCondition.In("other") : CohortCondition.Did.AtAll(Events(), Within()),
            8 or 9 => new CohortCondition.All(Several()),
            10 => new CohortCondition.Any(Several()),
            _ => new CohortCondition.Not(RandomCondition(random, zone, depth - 1, mayRefer)),
        };
    }

    static IEnumerable<MemoryEvent> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 3, 18, 0, 0, 0, TimeSpan.Zero);
        for (var i = random.Next(200); i > 0; i--)
        {
            var properties = new List<string>();
            if (random.Next(4) > 0) properties.Add($"\"plan\":\"{new[] { "free", "pro" }[random.Next(2)]}\"");
            if (random.Next(4) > 0) properties.Add($"\"n\":{random.Next(5)}");
            if (random.Next(3) == 0) properties.Add($"\"tags\":[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => $"\"{(char)('a' + random.Next(3))}\""))}]");
            // Milliseconds of their own keep any two events apart.
            yield return new(Names[random.Next(Names.Length)], start.AddHours(random.Next(40 * 24)).AddMilliseconds(i), random.Next(20) == 0 ? null : $"u{random.Next(10)}", $"{{{string.Join(',', properties)}}}");
        }
    }
}
