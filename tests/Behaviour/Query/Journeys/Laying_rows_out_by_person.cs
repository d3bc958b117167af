using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>The layout holds each person's rows that count, once, in order, whatever files and links they come from.</summary>
public class Laying_rows_out_by_person
{
    static readonly int Worlds = FullRun.Count(150, 3_000);

    static readonly PropertyReference Number = new(PropertyScope.Event, "n"), Plan = new(PropertyScope.Event, "plan"), Name = new(PropertyScope.EventField, EventField.Name);

    [Fact]
    public async Task Holds_what_a_naive_grouping_holds()
    {
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Random(seed);
            var world = new JourneyWorld(random);
            for (var parts = random.Next(6); parts >= 0; parts--) world.AddPart();
            for (var claims = random.Next(8); claims > 0; claims--) world.Claim();
            await Same(world, $"seed {seed}");
        }
    }

    [Fact]
    public async Task Divides_the_people_among_shards_and_no_person_twice()
    {
        var world = new JourneyWorld(new Random(1)) { IdCount = 3_000 };
        for (var parts = 0; parts < 6; parts++) world.AddPart(maxRows: 20_000);
        var opened = await Same(world, "large");
        Assert.InRange(opened.Shards.Count, 2, 64);
    }

    /// <remarks>Memory for few columns, so that many shares of the people follow each other.</remarks>
    [Fact]
    public async Task Holds_the_same_share_by_share_where_memory_is_scarce()
    {
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Random(seed);
            var world = new JourneyWorld(random, cacheBytes: random.Next(1, 4_000)) { IdCount = random.Next(1, 60) };
            for (var parts = random.Next(1, 6); parts >= 0; parts--) world.AddPart();
            for (var claims = random.Next(8); claims > 0; claims--) world.Claim();
            var opened = await Same(world, $"seed {seed}");
            Assert.Equal(ColumnNeedsOf(world) > world.CacheBytes, opened.IsStreamed);
        }
    }

    /// <summary>19 bytes a row for its time, twice, place, event and person; texts of four bytes each before they are known, JSON lists and numbers of eight.</summary>
    static long ColumnNeedsOf(JourneyWorld world) => world.LiveRowCount * (15 + 4 + 4 + 8) + (world.HasPlans ? 4 * world.LiveRowCount : 0);

    /// <remarks>Small worlds have all that changes in an overlay; in larger ones some changes are more than an overlay holds, and all is laid out anew.</remarks>
    [Theory]
    [InlineData(1, 12, 120)]
    [InlineData(20, 6, 3_000)]
    public async Task Follows_files_rows_and_links_as_they_change(int larger, int steps, int rows)
    {
        for (var seed = 1; seed <= Math.Max(2, Worlds / 5 / larger); seed++)
        {
            var random = new Random(seed);
            var world = new JourneyWorld(random, cacheBytes: random.Next(3) switch { 0 => 1 << 24, 1 => rows * 200, _ => 100 }) { IdCount = 25 * larger };
            world.AddPart(rows);
            for (var step = 1; step <= steps; step++)
            {
                switch (random.Next(4))
                {
                    case 0: world.AddPart(random.Next(2) == 0 ? 120 : rows); break;
                    case 1: world.LeaveOutRows(); break;
                    case 2: world.Compact(); break;
                    default: world.Claim(); break;
                }
                await Same(world, $"seed {seed}, step {step}");
            }
        }
    }

    static async Task<OpenedJourneys> Same(JourneyWorld world, string place)
    {
        using var opened = await world.Reader.OpenJourneysAsync(world.Project, [Number, Plan, Name], CancellationToken.None, needsPersons: true);
        var workers = await opened.RunAsync(() => new List<(string Person, List<string> Rows)>(), (found, shard) => Read(opened, shard, found), CancellationToken.None, withNobody: true);
        var expected = world.Expected();
        var found = workers.SelectMany(worker => worker).Where(one => one.Person.Length > 0).GroupBy(one => one.Person, one => one.Rows).ToDictionary(one => one.Key, one => one.ToList(), StringComparer.Ordinal);
        Assert.All(found, one => Assert.True(one.Value.Count == 1, $"{place}: {one.Key} is {one.Value.Count} times"));
        // Rows of nobody may lie in several shards, in no order between them.
        found.Add("", [[.. workers.SelectMany(worker => worker).Where(one => one.Person.Length == 0).SelectMany(one => one.Rows).Order(StringComparer.Ordinal)]]);
        Assert.True(expected.Count(person => person.Key.Length > 0) == found.Count - 1, $"{place}: {found.Count - 1} people");
        foreach (var (id, all) in found)
        {
            var rows = all[0];
            var wanted = id.Length > 0 ? expected[id].Select(Text) : expected[id].Select(Text).Order(StringComparer.Ordinal);
            Assert.True(wanted.SequenceEqual(rows), $"{place}, person '{id}': expected {string.Join("; ", wanted)}, found {string.Join("; ", rows)}");
        }
        return opened;
    }

    static void Read(OpenedJourneys opened, JourneyShard shard, List<(string, List<string>)> found)
    {
        if (shard.PersonCount == 0) found.Add(("", RowsOfNobody(shard)));
        else Assert.Equal(shard.PersonCount + 1, shard.Starts.Length);
        for (var person = 0; person < shard.PersonCount; person++)
        {
            if (shard.IsOut(person)) continue;
            var id = opened.Persons[shard.Persons[person]];
            found.Add((id, Rows(shard, shard.Starts[person], shard.Starts[person + 1], id)));
        }
    }

    static List<string> RowsOfNobody(JourneyShard shard)
    {
        var rows = Enumerable.Range(0, shard.RowCount).ToArray();
        return [.. rows[..shard.Columns.Gaps.Keep(rows, rows.Length)].SelectMany(row => Rows(shard, row, row + 1, null))];
    }

    static List<string> Rows(JourneyShard shard, int from, int until, string? person)
    {
        var rows = new List<string>();
        for (var row = from; row < until; row++)
        {
            Assert.Equal(person, shard.Columns.Persons!.Codes[row] < 0 ? null : shard.Columns.Persons.Pool[shard.Columns.Persons.Codes[row]]);
            var (name, number, plan) = (shard.Columns[Name].ValueAt(row), shard.Columns[Number].ValueAt(row), shard.Columns[Plan].ValueAt(row));
            rows.Add($"{shard.Times[row]} {ValueText.Of(name)} {number.Number} {(plan.IsMissing ? "-" : ValueText.Of(plan))}");
        }
        return rows;
    }

    static string Text(JourneyRow row) => $"{row.TimeMs} {row.Name} {row.Number} {row.Plan ?? "-"}";
}
