using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction.BuiltTables;
using Cairn.Storage.Delta;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Microsoft.Extensions.DependencyInjection;
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
    readonly Dictionary<string, string> owners = [];

    public void Dispose() => folder.Dispose();

    static string[] Questions => ["events per day", "funnel", "events by what is known of their persons", "events by a property of the profile"];

    [Theory]
    [InlineData("ClickHouse")]
    [InlineData("DuckDB")]
    [InlineData("Spark")]
    [InlineData("Fabric")]
    [InlineData("Snowflake")]
    [InlineData("BigQuery")]
    public void Has_the_same_questions_for_every_engine_that_takes_sql(string engine) =>
        Assert.Equal(Questions, Statements().Where(statement => statement.Engine == engine && statement.Name != "the table").Select(statement => statement.Name));

    [Fact]
    public async Task Has_statements_that_run_and_give_our_answers()
    {
        var tables = await FillAsync(new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System));
        var clickHouse = await AskAsync(Judge.ClickHouse, "ClickHouse", [], sql => sql.Replace(Lake, folder[$"lake/{Project}"], StringComparison.Ordinal));
        AssertOurs("ClickHouse", clickHouse, byLevel: true);
        AssertOurs("DuckDB", await AskAsync(Judge.DuckDb, "DuckDB", [], sql => DeltaScan().Replace(sql, match => FilesOf(tables[match.Groups[1].Value]))), byLevel: false);
        // Nobody has the others here: DuckDB takes their statements, with views for the tables and what it calls otherwise.
        string[] lent =
        [
            "set TimeZone = 'UTC'",
            "create schema lake",
            .. tables.SelectMany(table => new[] { $"create view {table.Key} as select * from {FilesOf(table.Value)}", $"create view lake.{table.Key} as select * from main.{table.Key}" }),
            "create macro get_json_object(text, path) as text ->> path",
            "create macro to_date(t) as cast(t as date)",
            "create macro timestamp_add(t, length) as t + length",
        ];
        AssertOurs("Spark", await AskAsync(Judge.DuckDb, "Spark", lent, sql => SparkTable().Replace(sql, "$1").Replace(", struct(", ", row(", StringComparison.Ordinal)), byLevel: false);
        AssertOurs("Fabric", await AskAsync(Judge.DuckDb, "Fabric", lent, sql => JsonValue().Replace(DateAdd().Replace(sql.Replace("lake.dbo.", "lake.", StringComparison.Ordinal), "($1 + interval 7 days)"), "($1 ->> $2)")), byLevel: false);
        AssertOurs("Snowflake", await AskAsync(Judge.DuckDb, "Snowflake", lent, sql => DateAdd().Replace(sql, "($1 + interval 7 days)").Replace("json_extract_path_text(\"operations\", 'set.plan')", "(\"operations\" ->> '$.set.plan')", StringComparison.Ordinal)), byLevel: false);
        AssertOurs("BigQuery", await AskAsync(Judge.DuckDb, "BigQuery", lent, sql => JsonValue().Replace(sql, "($1 ->> $2)")), byLevel: false);
    }

    [Fact]
    public async Task Has_statements_that_run_over_a_storage_account()
    {
        await using var azurite = await Azurite.StartAsync();
        var container = Stores.NewName();
        await using var services = Stores.Connect(new() { ["Storage"] = azurite.ConnectionString, ["Storage:container"] = container });
        await FillAsync(services.GetRequiredService<IBlobStore>());
        var account = $"deltaLakeAzure('DefaultEndpointsProtocol=http;{azurite.ConnectionString}', '{container}', 'lake/{Project}/";
        AssertOurs("ClickHouse", await AskAsync(Judge.ClickHouse, "ClickHouse", [], sql => sql.Replace($"deltaLakeLocal('{Lake}/", account, StringComparison.Ordinal)), byLevel: true);
    }

    /// <param name="byLevel">Whether the funnel's answer tells how many persons came to each step and no further.</param>
    void AssertOurs(string engine, Dictionary<string, JudgeAnswer> answers, bool byLevel)
    {
        var perDay = events.GroupBy(e => (Day: DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(e.TimeMs).UtcDateTime), e.Name)).OrderBy(group => group.Key.Day).ThenBy(group => group.Key.Name, StringComparer.Ordinal)
            .Select(group => $"{group.Key.Day:yyyy-MM-dd}|{group.Key.Name}|{group.Count()}|{group.Select(e => e.Person).Distinct().Count()}");
        AssertSame(engine, "events per day", perDay, answers);

        var levels = events.GroupBy(e => e.Person).Select(Level).ToList();
        Assert.All(Enumerable.Range(0, 4), level => Assert.Contains(level, levels));
        AssertSame(engine, "funnel", byLevel ? levels.GroupBy(level => level).OrderBy(group => group.Key).Select(group => $"{group.Key}|{group.Count()}") : [$"{levels.Count(level => level >= 1)}|{levels.Count(level => level >= 2)}|{levels.Count(level => level >= 3)}"], answers);

        var byPlan = events.GroupBy(e => plans.GetValueOrDefault(e.Person, "none")).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}|{group.Count()}|{group.Select(e => e.Person).Distinct().Count()}|{group.Select(e => e.Person).Distinct().Count(linked.Contains)}");
        AssertSame(engine, "events by what is known of their persons", byPlan, answers);

        // The links came when the events were in the lake: only persons knows whose a device's are.
        var byProfile = events.Select(e => owners.GetValueOrDefault(e.Person, e.Person)).GroupBy(person => plans.GetValueOrDefault(person, "none")).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}|{group.Count()}|{group.Distinct().Count()}").ToList();
        Assert.NotEqual(byProfile, byPlan.Select(line => line[..line.LastIndexOf('|')]));
        AssertSame(engine, "events by a property of the profile", byProfile, answers);
    }

    static void AssertSame(string engine, string question, IEnumerable<string> ours, Dictionary<string, JudgeAnswer> answers) =>
        Assert.Equal(ours.Prepend($"{engine}: {question}"), answers[question].Lines().Prepend($"{engine}: {question}"));

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

    async Task<Dictionary<string, DeltaSnapshot>> FillAsync(IBlobStore blobs)
    {
        var random = new Random(3);
        var world = new LakeWorld(blobs, projectId: Project);
        string[] names = ["Sign Up", "View Product", "Purchase", "Page View"];
        var number = 0;
        for (var i = 0; i < 600; i++)
        {
            // Whole seconds, no two the same: ClickHouse's window counts in seconds.
            events.Add((names[random.Next(4)], random.Next(8) == 0 ? $"$device:{random.Next(30)}" : $"u{random.Next(80)}", Batches.NowMs + (((i * 7919L) % 3_000_000) * 1000)));
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
            var (person, device) = ($"u{random.Next(80)}", $"$device:{random.Next(30)}");
            linked.Add(person);
            owners.TryAdd(device, person);
            return Item(ItemKind.LinkClaim, person, ++number) with { OtherId = Batches.Utf8(device), LinkRule = LinkRule.MixpanelDeviceAndUser };
        }));
        tables[RowLayout.Identities] = await world.AppendAsync(RowLayout.Identities);
        var persons = new PersonDirectory(world.Snapshots);
        await new PeopleTables(blobs, world.Tables, world.Snapshots, persons, new ProfileDirectory(world.Snapshots), TimeProvider.System).RunAsync(new(Project, IdentityMode.Simplified, null), default);
        foreach (var table in new[] { LakeLayout.Persons, LakeLayout.Profiles }) tables[table] = (await world.Tables[Project, table].ReadAsync(default))!;
        return tables;
    }

    static Item Item(ItemKind kind, string person, int number) => new()
    {
        Kind = kind, Dialect = Dialect.Mixpanel, Id = new(1, 1, number), DistinctId = Batches.Utf8(person), TimeMs = Batches.NowMs + number, SentTimeMs = Batches.NowMs + number, ReceivedAtMs = Batches.NowMs + number,
    };

    static async Task<Dictionary<string, JudgeAnswer>> AskAsync(Judge judge, string engine, string[] before, Func<string, string> change)
    {
        var statements = Statements().Where(statement => statement.Engine == engine && Questions.Contains(statement.Name)).ToList();
        var answers = await judge.AskAsync([.. before, .. statements.Select(statement => change(statement.Sql))]);
        return statements.Zip(answers.Skip(before.Length)).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    /// <summary>What the delta extension makes of a table, without the extension: the files' columns under their own names.</summary>
    string FilesOf(DeltaSnapshot version)
    {
        var files = version.Files.Values.Select(file => ParquetReader.Open(file.Path, File.ReadAllBytes(folder[version.BlobOf(file)]))).ToList();
        var columns = version.Schema.Columns.Where(column => files.Any(file => file.Schema.IndexOf(column.PhysicalName) >= 0));
        return $"(select {string.Join(", ", columns.Select(column => $"\"{column.PhysicalName}\" as \"{column.Name}\""))} from read_parquet([{string.Join(", ", version.Files.Values.Select(file => $"'{folder[version.BlobOf(file)]}'"))}], union_by_name = true, hive_partitioning = false))";
    }

    static List<(string Engine, string Name, string Sql)> Statements() =>
        [.. SqlBlock().Matches(File.ReadAllText(RepositoryFolder.Of(Page.Split('/')))).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];

    [GeneratedRegex(@"```sql\n-- ([A-Za-z]+): ([^\n]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlock();

    [GeneratedRegex(@"delta_scan\('/data/lake/3f/([a-z_]+)'\)")]
    private static partial Regex DeltaScan();

    [GeneratedRegex(@"delta\.`[^`]*/([a-z_]+)`")]
    private static partial Regex SparkTable();

    [GeneratedRegex(@"dateadd\(day, 7, ([a-z0-9]+)\)")]
    private static partial Regex DateAdd();

    [GeneratedRegex(@"json_value\(([a-z]+), ('[^']+')\)")]
    private static partial Regex JsonValue();
}
