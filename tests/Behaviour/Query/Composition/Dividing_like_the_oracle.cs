using Cairn.Model.Identity;
using Cairn.Query.Composition;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Composition;

/// <summary>Composition agrees with a naive twin, which divides random people by the sets of their values.</summary>
public class Dividing_like_the_oracle
{
    static readonly int Seeds = FullRun.Count(50, 1_500);

    [Fact]
    public async Task Agrees_on_random_people()
    {
        for (var seed = 1; seed <= Seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Seeds}: every number, the other's too, is that of the naive twin, and as many people are named");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var definition = new CompositionDefinition
        {
            Project = new("p", IdentityMode.Simplified, DateTimeZone.Utc),
            Range = TimeRange.Days(new(2025, 6, 1), new(2025, 6, 1 + random.Next(5)), DateTimeZone.Utc),
            Now = Instant.FromUtc(2025, 7, 1, 0, 0),
            Events = random.Next(2) == 0 ? [EventSelection.Every("any event")] : [EventSelection.Named("Open")],
            By = [Breakdown.Of(PropertyScope.Event, "city")],
            Values = (CompositionValues)random.Next(3),
            Limit = random.Next(2) == 0 ? 60 : random.Next(1, 5),
            Switches = Switches.Amplitude,
        };
        var events = RandomEvents(random).ToList();
        var source = new MemoryEvents();
        foreach (var part in events.Chunk(random.Next(1, 60))) source.AddPart(part.Select(row => row.Event));
        var report = new CompositionReport(new ReportReader(source.Source, new MemoryPeople(), ColumnMemory.For(events.Count, events.Count)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        // Of each person: under which values they count.
        var people = events
            .Where(row => row.DistinctId is not null && (definition.Events[0].Names is null || row.Name == "Open") && Instant.FromDateTimeOffset(row.Time) < definition.Range.Until)
            .GroupBy(row => row.DistinctId!)
            .ToDictionary(person => person.Key, person => ValuesOf([.. person.OrderBy(row => row.Time)], definition.Values));
        var expected = people.Values.SelectMany(values => values).GroupBy(value => value).Select(value => (Value: value.Key, People: value.Count()))
            .OrderByDescending(value => value.People).ThenBy(value => value.Value, StringComparer.Ordinal).ToList();
        Assert.True(expected.Take(definition.Limit).SequenceEqual(answer.Series.Select(series => (string.Join('\0', series.Keys), series.People))), $"seed {seed}");
        var left = expected.Skip(definition.Limit).Select(value => value.Value).ToHashSet();
        Assert.True((people.Count, people.Values.Count(values => values.Any(left.Contains)), expected.Count) == (answer.People, answer.Other, answer.SeriesBeforeLimit), $"seed {seed}");

        await Names(people.Keys, new(null, false));
        await Names(people.Where(person => person.Value.Any(left.Contains)).Select(person => person.Key), new(null, true));
        if (answer.Series.Count > 0) await Names(people.Where(person => person.Value.Contains(string.Join('\0', answer.Series[0].Keys))).Select(person => person.Key), new(answer.Series[0].Keys, false));

        async Task Names(IEnumerable<string> who, CompositionCell cell) =>
            Assert.True(who.Order(StringComparer.Ordinal).SequenceEqual((await report.PeopleAsync(definition, cell, CancellationToken.None)).People), $"seed {seed}, {cell}");
    }

    static string[] ValuesOf(List<Row> rows, CompositionValues values) => values switch
    {
        CompositionValues.Each => [.. rows.SelectMany(row => row.Cities).Distinct()],
        CompositionValues.Latest => [.. rows[^1].Cities.Distinct()],
        _ => [string.Join('\0', rows.SelectMany(row => row.Cities).Distinct().Order(StringComparer.Ordinal))],
    };

    static IEnumerable<Row> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = random.Next(120); i > 0; i--)
        {
            string[] cities = random.Next(5) == 0 ? [] : [.. Enumerable.Range(0, random.Next(4) == 0 ? 3 : 1).Select(_ => $"c{random.Next(6)}")];
            var json = cities.Length == 0 ? "{}" : $"{{\"city\":{(cities.Length == 1 ? $"\"{cities[0]}\"" : $"[{string.Join(',', cities.Select(city => $"\"{city}\""))}]")}}}";
            // A second each, so that no two events are of one moment.
            yield return new(random.Next(2) == 0 ? "Open" : "Close", start.AddSeconds(random.Next(8 * 24 * 6) * 600 + i), random.Next(20) == 0 ? null : $"u{random.Next(12)}", json, cities.Length == 0 ? ["(none)"] : cities);
        }
    }

    /// <summary>An event, and the values it carries.</summary>
    sealed record Row(string Name, DateTimeOffset Time, string? DistinctId, string Json, string[] Cities)
    {
        public MemoryEvent Event => new(Name, Time, DistinctId, Json);
    }
}
