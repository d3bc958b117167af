using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>The statements of docs/formats/lake.md, run as they stand where the engine is to be had.</summary>
public sealed partial class The_page_about_the_lake : IDisposable
{
    const string Page = "docs/formats/lake.md", Lake = "/data/lake/3f", Project = "3f";

    readonly TemporaryFolder folder = new();
    readonly List<(string Name, string Person, long TimeMs)> events = [];
    readonly Dictionary<string, string> plans = [];
    readonly HashSet<string> linked = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Has_the_same_questions_for_every_engine_that_takes_sql() =>
        Assert.All(new[] { "ClickHouse", "DuckDB", "Spark", "Snowflake", "BigQuery", "Fabric" }, engine => Assert.Contains(Statements(), statement => statement.Engine == engine && statement.Name == "events per day"));

    [Fact]
    public async Task Has_statements_that_run_and_give_our_answers()
    {
        var tables = await FillAsync();
        var clickHouse = await AskAsync(Judge.ClickHouse, "ClickHouse", sql => sql.Replace(Lake, folder[$"lake/{Project}"], StringComparison.Ordinal));
        var duckDb = await AskAsync(Judge.DuckDb, "DuckDB", sql => DeltaScan().Replace(sql, match => FilesOf(tables[match.Groups[1].Value])));

        var perDay = events.GroupBy(e => (Day: DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(e.TimeMs).UtcDateTime), e.Name)).OrderBy(group => group.Key.Day).ThenBy(group => group.Key.Name, StringComparer.Ordinal)
            .Select(group => $"{group.Key.Day:yyyy-MM-dd}|{group.Key.Name}|{group.Count()}|{group.Select(e => e.Person).Distinct().Count()}").ToList();
        Assert.Equal(perDay, clickHouse["events per day"].Lines());
        Assert.Equal(perDay, duckDb["events per day"].Lines());

        var levels = events.GroupBy(e => e.Person).Select(Level).ToList();
        Assert.Equal(levels.GroupBy(level => level).OrderBy(group => group.Key).Select(group => $"{group.Key}|{group.Count()}"), clickHouse["funnel"].Lines());
        Assert.Equal([$"{levels.Count(level => level >= 1)}|{levels.Count(level => level >= 2)}|{levels.Count(level => level >= 3)}"], duckDb["funnel"].Lines());
        Assert.All(Enumerable.Range(0, 4), level => Assert.Contains(level, levels));

        var byPlan = events.GroupBy(e => plans.GetValueOrDefault(e.Person, "none")).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}|{group.Count()}|{group.Select(e => e.Person).Distinct().Count()}|{group.Select(e => e.Person).Distinct().Count(linked.Contains)}").ToList();
        Assert.Equal(byPlan, clickHouse["events by what is known of their persons"].Lines());
        Assert.Equal(byPlan, duckDb["events by what is known of their persons"].Lines());
    }

    static int Level(IEnumerable<(string Name, string Person, long TimeMs)> own)
    {
        const long WindowMs = 7 * 86_400_000L;
        var (of, best) = (own.ToLookup(e => e.Name, e => e.TimeMs), 0);
        foreach (var first in of["Sign Up"])
        {
            best = Math.Max(best, 1);
            foreach (var second in of["View Product"].Where(time => time >= first && time <= first + WindowMs))
            {
                best = Math.Max(best, 2);
                if (of["Purchase"].Any(time => time >= second && time <= first + WindowMs)) best = 3;
            }
        }
        return best;
    }

    async Task<Dictionary<string, DeltaSnapshot>> FillAsync()
    {
        var random = new Random(3);
        var blobs = new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System);
        var world = new LakeWorld(blobs, projectId: Project);
        string[] names = ["Sign Up", "View Product", "Purchase", "Page View"];
        var number = 0;
        for (var i = 0; i < 600; i++)
        {
            // Whole seconds, no two the same: ClickHouse's window counts in seconds.
            events.Add((names[random.Next(4)], $"u{random.Next(80)}", Batches.NowMs + (((i * 7919L) % 3_000_000) * 1000)));
        }
        await world.StoreAsync(ItemKind.Event, events.Select(e => Item(ItemKind.Event, e.Person, ++number) with { TimeMs = e.TimeMs, SentTimeMs = e.TimeMs, Name = Batches.Utf8(e.Name), Body = Batches.Utf8("""{"Plan Type ($;=)":"x"}""") }));
        var tables = new Dictionary<string, DeltaSnapshot> { [RowLayout.Events] = await world.AppendAsync(RowLayout.Events) };
        await world.StoreAsync(ItemKind.ProfileUpdate, Enumerable.Range(0, 120).Select(_ =>
        {
            var (person, plan) = ($"u{random.Next(60)}", random.Next(2) == 0 ? "free" : "pro");
            plans[person] = plan;
            return Item(ItemKind.ProfileUpdate, person, ++number) with { Body = Batches.Utf8($$"""{"set":{"plan":"{{plan}}"} }""") };
        }));
        tables[RowLayout.ProfileUpdates] = await world.AppendAsync(RowLayout.ProfileUpdates);
        await world.StoreAsync(ItemKind.LinkClaim, Enumerable.Range(0, 40).Select(_ =>
        {
            var person = $"u{random.Next(80)}";
            linked.Add(person);
            return Item(ItemKind.LinkClaim, person, ++number) with { OtherId = Batches.Utf8($"$device:{random.Next(30)}"), LinkRule = LinkRule.MixpanelDeviceAndUser };
        }));
        tables[RowLayout.Identities] = await world.AppendAsync(RowLayout.Identities);
        return tables;
    }

    static Item Item(ItemKind kind, string person, int number) => new()
    {
        Kind = kind, Dialect = Dialect.Mixpanel, Id = new(1, 1, number), DistinctId = Batches.Utf8(person), TimeMs = Batches.NowMs + number, SentTimeMs = Batches.NowMs + number, ReceivedAtMs = Batches.NowMs + number,
    };

    static async Task<Dictionary<string, JudgeAnswer>> AskAsync(Judge judge, string engine, Func<string, string> change)
    {
        var statements = Statements().Where(statement => statement.Engine == engine).ToList();
        var answers = await judge.AskAsync(statements.Select(statement => change(statement.Sql)));
        return statements.Zip(answers).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    /// <summary>What the delta extension makes of a table, without the extension: the files' columns under their own names.</summary>
    string FilesOf(DeltaSnapshot version)
    {
        var files = version.Files.Values.Select(file => LakeFile.Of(version, file)).ToList();
        var columns = version.Schema.Columns.Where(column => files.Any(file => file.Has(column)));
        return $"(select {string.Join(", ", columns.Select(column => $"\"{column.PhysicalName}\" as \"{column.Name}\""))} from read_parquet([{string.Join(", ", version.Files.Values.Select(file => $"'{folder[version.BlobOf(file)]}'"))}], union_by_name = true, hive_partitioning = false))";
    }

    static List<(string Engine, string Name, string Sql)> Statements() =>
        [.. SqlBlock().Matches(File.ReadAllText(RepositoryFolder.Of(Page.Split('/')))).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];

    [GeneratedRegex(@"```sql\n-- ([A-Za-z]+): ([^\n]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlock();

    [GeneratedRegex(@"delta_scan\('/data/lake/3f/([a-z_]+)'\)")]
    private static partial Regex DeltaScan();
}
