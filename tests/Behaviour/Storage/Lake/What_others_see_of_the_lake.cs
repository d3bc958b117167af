using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>ClickHouse and DuckDB see exactly the rows, values and types that our reader sees.</summary>
public sealed class What_others_see_of_the_lake : IDisposable
{
    /// <summary>Commits of each table.</summary>
    static readonly int Commits = FullRun.Count(40, 500), AzureCommits = FullRun.Count(25, 500);

    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(ItemKind.Event, 1)]
    [InlineData(ItemKind.ProfileUpdate, 2)]
    [InlineData(ItemKind.GroupUpdate, 3)]
    [InlineData(ItemKind.LinkClaim, 4)]
    public async Task Is_what_our_reader_sees(ItemKind kind, int seed)
    {
        var version = await new LakeStory(new DiskBlobStore(folder.FullPath, FileLayer.Real, clock), clock, seed).TellAsync(kind, kind == ItemKind.Event ? Commits : Commits / 4);
        await AssertClickHouseAsync(version, $"deltaLakeLocal('{folder[version.Delta.Root]}')", seed);
        await AssertDuckDbAsync(version, seed);
        FullRun.Keep(this, $"{Commits} commits to the events' table and {Commits / 4} to each other, seeds 1 to 4: ClickHouse and DuckDB see the rows, values and types that our reader sees", $"{nameof(Is_what_our_reader_sees)}({kind})");
    }

    [Fact]
    public async Task Is_what_our_reader_sees_in_a_storage_account()
    {
        await using var azurite = await Azurite.StartAsync();
        var container = Stores.NewName();
        await using var services = Stores.Connect(new() { ["Storage"] = azurite.ConnectionString, ["Storage:container"] = container });
        var version = await new LakeStory(services.GetRequiredService<IBlobStore>(), clock, 5).TellAsync(ItemKind.Event, AzureCommits);
        await AssertClickHouseAsync(version, $"deltaLakeAzure('DefaultEndpointsProtocol=http;{azurite.ConnectionString}', '{container}', '{version.Delta.Root}')", 5);
        FullRun.Keep(this, $"{AzureCommits} commits to the events' table over Azurite, seed 5: ClickHouse sees the rows, values and types that our reader sees", nameof(Is_what_our_reader_sees_in_a_storage_account));
    }

    static async Task AssertClickHouseAsync(LakeVersion version, string table, int seed)
    {
        var columns = version.Delta.Schema.Columns;
        var answers = await Judge.ClickHouse.AskAsync(
        [
            EngineRows.ClickHouse(columns, table),
            $"describe table {table}",
        ]);
        Assert.Equal(columns.Select(column => $"{column.Name}: {ClickHouseType(column)}"), answers[1].Rows.Select(row => $"{row[0].GetString()}: {row[1].GetString()}"));
        AssertSame(await EngineRows.OursAsync(version, columns), EngineRows.Of(columns, answers[0]), seed);
    }

    async Task AssertDuckDbAsync(LakeVersion version, int seed)
    {
        var columns = version.Delta.Schema.Columns.Where(column => version.Files.Any(file => file.File.Has(column))).ToList();
        var files = version.Files.Select(file => $"'{folder[file.Rows.Name]}'");
        var answers = await Judge.DuckDb.AskAsync(
        [
            EngineRows.DuckDb(columns, version.Files.Select(file => folder[file.Rows.Name])),
            $"select column_name, column_type from (describe select * from read_parquet([{string.Join(", ", files)}], union_by_name = true, hive_partitioning = false))",
        ]);
        var types = answers[1].Rows.ToDictionary(row => row[0].GetString()!, row => row[1].GetString());
        Assert.Equal(columns.Select(column => $"{column.Name}: {DuckDbType(column)}"), columns.Select(column => $"{column.Name}: {types[column.PhysicalName]}"));
        AssertSame(await EngineRows.OursAsync(version, columns), EngineRows.Of(columns, answers[0]), seed);
    }

    static void AssertSame(List<string> expected, List<string> seen, int seed)
    {
        for (var i = 0; i < Math.Min(expected.Count, seen.Count); i++) Assert.True(expected[i] == seen[i], $"seed {seed}, row {i}:\nwe see   {expected[i]}\nthey see {seen[i]}");
        Assert.Equal(expected.Count, seen.Count);
    }

    static string DuckDbType(DeltaColumn column) => column.Type switch
    {
        DeltaType.String => "VARCHAR",
        DeltaType.Double => "DOUBLE",
        DeltaType.Boolean => "BOOLEAN",
        DeltaType.Timestamp => "TIMESTAMP WITH TIME ZONE",
        DeltaType.Integer => "INTEGER",
        DeltaType.Long or DeltaType.Date => throw new InvalidOperationException($"no table of rows has a {column.Type}"),
    };

    static string ClickHouseType(DeltaColumn column)
    {
        var type = column.Type switch
        {
            DeltaType.String => "String",
            DeltaType.Double => "Float64",
            DeltaType.Boolean => "Bool",
            DeltaType.Timestamp => "DateTime64(6)",
            DeltaType.Integer => "Int32",
            DeltaType.Long or DeltaType.Date => throw new InvalidOperationException($"no table of rows has a {column.Type}"),
        };
        return column.Nullable ? $"Nullable({type})" : type;
    }
}
