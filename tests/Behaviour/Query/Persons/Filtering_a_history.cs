using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Persons;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Persons;

/// <summary>A history is filtered event by event, and lets the same events through as reports do, which judge columns.</summary>
public class Filtering_a_history
{
    static readonly ReportProject Project = new("p", IdentityMode.Simplified, DateTimeZone.Utc);

    static readonly DateTimeOffset Start = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly string[] Properties =
    [
        "{}", """{"plan":"pro","n":3}""", """{"plan":"free","n":"3"}""", """{"plan":true,"n":-2.5}""", """{"plan":["pro","max"],"n":null}""", """{"plan":{"a":1},"n":7}""", """{"plan":"2025-06-03","n":0}""",
    ];

    static readonly MemoryEvents Events = MemoryEvents.Of(Enumerable.Range(0, 60).Select(i =>
        new MemoryEvent(i % 3 == 0 ? "Buy" : "Open", Start.AddHours(3 * i), i % 2 == 0 ? "ann" : "bob", Properties[i % Properties.Length]) { SessionId = i % 5 == 0 ? $"s{i}" : null, InsertId = $"i{i}" }));

    static readonly MemoryPeople People = new MemoryPeople().With("ann", """{"team":"x"}""");

    public static TheoryData<string> Conditions() =>
    [
        "properties[\"plan\"] == \"pro\"", "properties[\"plan\"] == true", "\"pro\" in properties[\"plan\"]", "any(x, properties[\"plan\"], x == \"max\")", "defined(properties[\"plan\"])", "properties[\"n\"] > 0",
        "number(properties[\"n\"]) == 3", "not (properties[\"n\"] > 0)", "event[\"event\"] == \"Buy\"", "event[\"time\"] >= datetime(\"2025-06-04T00:00:00\")", "properties[\"time\"] > 1748900000",
        "properties[\"$insert_id\"] != \"i4\"", "properties[\"distinct_id\"] == \"ann\" and properties[\"n\"] >= 0", "user[\"team\"] == \"x\"", "string(properties[\"plan\"], \"none\") == \"none\"",
    ];

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Lets_the_same_events_through_as_a_report(string condition)
    {
        var where = ExpressionParser.Parse(condition);
        var reader = new ReportReader(Events.Source, People, new ColumnCache(1 << 20));
        foreach (var person in new[] { "ann", "bob" })
        {
            var isTheirs = ExpressionParser.Parse($"properties[\"distinct_id\"] == \"{person}\"");
            var expected = new List<string>();
            await foreach (var list in new EventRows(reader).ReadAsync(new(Project, TimeRange.Ever, EventSelection.Every("all"), new Expression.Binary(BinaryOperator.And, isTheirs, where), WithProfiles: true), CancellationToken.None))
                expected.AddRange(list.Select(row => row.InsertId!));
            expected.Sort(StringComparer.Ordinal);
            var found = (await PageAsync(person, new(condition: where), 1_000)).Order(StringComparer.Ordinal);
            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task Only_what_is_let_through_fills_a_page(int limit)
    {
        var filter = new HistoryFilter(TimeRange.Days(new(2025, 6, 2), new(2025, 6, 5), DateTimeZone.Utc), ["Buy"], ExpressionParser.Parse("properties[\"n\"] > 0 or not defined(properties[\"plan\"])"));
        var expected = Enumerable.Range(0, 60).Where(i => i % 2 == 0 && i % 3 == 0 && i % 7 is 0 or 1 or 5 && 3 * i is >= 24 and < 120 && i % 6 == 0).Select(i => $"i{i}").Reverse().ToList();
        Assert.True(expected.Count > 1);
        Assert.Equal(expected.Take(limit), await PageAsync("ann", filter, limit));
    }

    [Fact]
    public async Task A_range_is_of_whole_days()
    {
        var filter = new HistoryFilter(TimeRange.Days(new(2025, 6, 3), new(2025, 6, 3), DateTimeZone.Utc));
        Assert.Equal(["i22", "i20", "i18", "i16"], await PageAsync("ann", filter, 1_000));
    }

    [Fact]
    public void Does_not_ask_for_a_cohort() =>
        Assert.Equal("where", Assert.Throws<DefinitionException>(() => new HistoryFilter(condition: ExpressionParser.Parse("cohort[\"123456789\"]"))).Field);

    static async Task<List<string>> PageAsync(string person, HistoryFilter filter, int limit)
    {
        var (_, page) = await new PersonHistory(Events.Source, People).ReadPageAsync(Project, person, new(NewestFirst: true, HistoryKinds.Events, Limit: limit, Filter: filter), CancellationToken.None, filter.NeedsProfiles);
        return [.. page.Select(entry => entry.Event!.Value.InsertId!)];
    }
}
