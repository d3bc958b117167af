using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Support;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>A report is given, person by person, exactly the rows that meet one of its conditions, and which they meet.</summary>
public class Matching_conditions
{
    static readonly int Worlds = FullRun.Count(150, 3_000);

    static readonly PropertyReference Number = new(PropertyScope.Event, "n");

    static readonly (string Text, Func<JourneyRow, bool> Holds)[] Filters =
    [
        ("properties[\"plan\"] == \"pro\"", row => row.Plan == "pro"),
        ("defined(properties[\"plan\"])", row => row.Plan is not null),
        ("properties[\"n\"] % 2 == 0", row => row.Number % 2 == 0),
        ("properties[\"n\"] > 20 and properties[\"plan\"] != \"pro\"", row => row.Number > 20 && row.Plan != "pro"),
    ];

    [Fact]
    public async Task Agrees_with_judging_every_row_by_itself()
    {
        for (var seed = 1; seed <= Worlds; seed++) await Agree(new(seed), seed);
    }

    static async Task Agree(Random random, int seed)
    {
        var world = new JourneyWorld(random);
        for (var parts = random.Next(4); parts >= 0; parts--) world.AddPart();
        for (var claims = random.Next(5); claims > 0; claims--) world.Claim();
        var conditions = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Enumerable.Range(0, random.Next(1, 3)).Select(_ => RandomSelection(random)).ToArray()).ToArray();
        (string Text, Func<JourneyRow, bool> Holds)? filter = random.Next(3) == 0 ? Filters[random.Next(Filters.Length)] : null;
        var range = random.Next(2) == 0 ? TimeRange.Ever : world.Project.Days(new LocalDate(2025, 3, 1), new LocalDate(2025, 3, 1 + random.Next(25)));

        var opened = await world.Reader.OpenJourneysAsync(world.Project, [Number, new(PropertyScope.Event, "plan")], CancellationToken.None);
        var scans = await opened.RunAsync(
            () => (Found: new List<string>(), Scan: new StepScan([.. conditions.Select(any => StepCondition.Of([.. any.Select(one => one.Selection)]))], filter is null ? null : ExpressionParser.Parse(filter.Value.Text))),
            (worker, shard) => worker.Found.AddRange(Found(opened, shard, worker.Scan.Match(shard, range))),
            CancellationToken.None,
            withNobody: true);

        var expected = new List<string>();
        foreach (var person in world.Expected())
        {
            foreach (var row in person.Where(row => row.TimeMs >= range.FromMs && row.TimeMs < range.UntilMs && filter?.Holds(row) != false))
            {
                var mask = 0u;
                for (var i = 0; i < conditions.Length; i++)
                    if (conditions[i].Any(one => one.Selection.Covers(row.Name) && one.Holds(row))) mask |= 1u << i;
                if (mask != 0) expected.Add($"'{person.Key}' {row.TimeMs} {row.Number} {mask}");
            }
        }
        // Persons come in the order of their hashes; within a person the order counts.
        var found = scans.SelectMany(worker => worker.Found).GroupBy(line => line.Split('\'')[1]).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group => group);
        var wanted = expected.GroupBy(line => line.Split('\'')[1]).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group => group);
        Assert.True(wanted.SequenceEqual(found), $"seed {seed}: expected {string.Join("; ", wanted)}, found {string.Join("; ", found)}");
    }

    static IEnumerable<string> Found(OpenedJourneys opened, JourneyShard shard, StepMatches matches)
    {
        var lines = new List<string>();
        if (shard.PersonCount == 0) Add("", 0, matches.RowCount);
        for (var person = 0; person < matches.PersonCount; person++)
            Add(opened.Persons[shard.Persons[matches.Places[person]]], matches.Starts[person], matches.Starts[person + 1]);
        return lines;

        void Add(string id, int from, int until)
        {
            Assert.True(id.Length == 0 || until > from);
            for (var i = from; i < until; i++)
                lines.Add($"'{id}' {matches.Times[i]} {shard.Columns[Number].ValueAt(matches.Rows[i]).Number} {matches.Masks[i]}");
        }
    }

    static (EventSelection Selection, Func<JourneyRow, bool> Holds) RandomSelection(Random random)
    {
        (string Text, Func<JourneyRow, bool> Holds)? filter = random.Next(2) == 0 ? Filters[random.Next(Filters.Length)] : null;
        string[]? names = random.Next(5) == 0 ? null : [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => $"e{random.Next(5)}")];
        return (new("some", names, filter is null ? null : ExpressionParser.Parse(filter.Value.Text)), filter?.Holds ?? (_ => true));
    }
}
