using System.Globalization;
using System.Text.Json;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Lake;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>ClickHouse and DuckDB see exactly the rows, values and types that our reader sees.</summary>
public sealed class What_others_see_of_the_lake : IDisposable
{
    /// <summary>Commits of each table.</summary>
    static readonly int Commits = FullRun.Count(40, 500);

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
        var version = await new LakeStory(services.GetRequiredService<IBlobStore>(), clock, 5).TellAsync(ItemKind.Event, 25);
        await AssertClickHouseAsync(version, $"deltaLakeAzure('DefaultEndpointsProtocol=http;{azurite.ConnectionString}', '{container}', '{version.Delta.Root}')", 5);
    }

    static async Task AssertClickHouseAsync(LakeVersion version, string table, int seed)
    {
        var columns = version.Delta.Schema.Columns;
        var answers = await Judge.ClickHouse.AskAsync(
        [
            $"select {string.Join(", ", columns.Select(column => column.Type == DeltaType.Timestamp ? $"toUnixTimestamp64Milli({Backticks(column.Name)})" : Backticks(column.Name)))} from {table}",
            $"describe table {table}",
        ]);
        Assert.Equal(columns.Select(column => $"{column.Name}: {ClickHouseType(column)}"), answers[1].Rows.Select(row => $"{row[0].GetString()}: {row[1].GetString()}"));
        AssertSame(await OursAsync(version, columns), Lines(columns, answers[0]), seed);
    }

    async Task AssertDuckDbAsync(LakeVersion version, int seed)
    {
        var columns = version.Delta.Schema.Columns.Where(column => version.Files.Any(file => file.File.Has(column))).ToList();
        var files = string.Join(", ", version.Files.Select(file => $"'{folder[file.Rows.Name]}'"));
        var answer = await Judge.DuckDb.AskAsync($"select {string.Join(", ", columns.Select(column => column.Type == DeltaType.Timestamp ? $"epoch_ms(\"{column.PhysicalName}\")" : $"\"{column.PhysicalName}\""))} from read_parquet([{files}], union_by_name = true, hive_partitioning = false)");
        AssertSame(await OursAsync(version, columns), Lines(columns, answer), seed);
    }

    /// <summary>The rows as our reader gives them, under the table's columns.</summary>
    static async Task<List<string>> OursAsync(LakeVersion version, IReadOnlyList<DeltaColumn> columns)
    {
        var rowNames = version.Schema.ByRowName.ToDictionary(entry => entry.Value, entry => entry.Key);
        var lines = new List<string>();
        foreach (var (file, rows) in version.Files.Select(file => (file.File, file.Rows)))
        {
            var read = new List<StoredColumn?>();
            foreach (var column in columns) read.Add(rowNames.TryGetValue(column, out var name) ? await rows.ReadAsync(name, default) : null);
            var times = (Int64Column)(await rows.ReadAsync(RowLayout.Time, default))!;
            for (var row = 0; row < rows.RowCount; row++)
                lines.Add(string.Join('|', columns.Select((column, i) =>
                    column.Name == LakeLayout.Month ? file.Month
                    : column.Name == RowLayout.SentTime ? Number(SentTimes.Written(((Int64Column)read[i]!).Values[row], times.Values[row]))
                    : read[i] is null ? "∅"
                    : RowLines.Show(read[i]!, row) ?? "∅")));
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    static string Number(long value) => value == Int64Column.Null ? "∅" : value.ToString(CultureInfo.InvariantCulture);

    static void AssertSame(List<string> expected, List<string> seen, int seed)
    {
        for (var i = 0; i < Math.Min(expected.Count, seen.Count); i++) Assert.True(expected[i] == seen[i], $"seed {seed}, row {i}:\nwe see   {expected[i]}\nthey see {seen[i]}");
        Assert.Equal(expected.Count, seen.Count);
    }

    static List<string> Lines(IReadOnlyList<DeltaColumn> columns, JudgeAnswer answer)
    {
        var lines = answer.Rows.Select(row => string.Join('|', columns.Select((column, i) => row[i].ValueKind == JsonValueKind.Null ? "∅" : column.Type switch
        {
            DeltaType.Double => double.Parse(row[i].ToString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
            DeltaType.Boolean => row[i].GetBoolean() ? "true" : "false",
            DeltaType.String or DeltaType.Timestamp or DeltaType.Long or DeltaType.Integer or DeltaType.Date => row[i].ToString(),
        }))).ToList();
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

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

    static string Backticks(string name) => $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";
}
