using System.Globalization;
using System.Text.Json;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Storage.Delta;

/// <summary>ClickHouse reads the table, DuckDB its files, and both see our rows.</summary>
public sealed class What_others_see_of_a_table : IDisposable
{
    /// <summary>Commits of each table.</summary>
    static readonly int Commits = FullRun.Count(60, 500), AzureCommits = FullRun.Count(30, 500);

    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Is_what_was_committed(int seed)
    {
        var (story, snapshot) = await TellAsync(new DiskBlobStore(folder.FullPath, FileLayer.Real, clock), seed, Commits);
        await AssertSeenAsync(story, snapshot, $"deltaLakeLocal('{folder[TableStory.Root]}')", seed);
        FullRun.Keep(this, $"{Commits} commits; ClickHouse and DuckDB see the same rows", $"{nameof(Is_what_was_committed)}(seed {seed})");
    }

    [Fact]
    public async Task Is_what_was_committed_to_a_storage_account()
    {
        await using var azurite = await Azurite.StartAsync();
        var container = Stores.NewName();
        await using var services = Stores.Connect(new() { ["Storage"] = azurite.ConnectionString, ["Storage:container"] = container });
        var (story, snapshot) = await TellAsync(services.GetRequiredService<IBlobStore>(), 4, AzureCommits);
        await AssertSeenAsync(story, snapshot, $"deltaLakeAzure('DefaultEndpointsProtocol=http;{azurite.ConnectionString}', '{container}', '{TableStory.Root}')", 4);
        FullRun.Keep(this, $"{AzureCommits} commits over Azurite; ClickHouse sees the same rows", nameof(Is_what_was_committed_to_a_storage_account));
    }

    static async Task AssertSeenAsync(TableStory story, DeltaSnapshot snapshot, string table, int seed)
    {
        var month = snapshot.Schema.Find("month")!;
        var expected = story.Rows.SelectMany(file => file.Value.Select(row => Line(snapshot.Schema.Columns, column => column == month ? snapshot.Files[file.Key].PartitionOf(month) : row.GetValueOrDefault(column.FieldId)))).Order(StringComparer.Ordinal).ToList();
        var answers = await Judge.ClickHouse.AskAsync(
        [
            $"select {string.Join(", ", snapshot.Schema.Columns.Select(column => ClickHouseValue(column, Backticks(column.Name))))} from {table}",
            $"describe table {table}",
            $"select count() from {table} where time >= toDateTime64('2025-06-15 15:06:40', 3, 'UTC')",
        ]);
        Assert.Equal(snapshot.Schema.Columns.Select(column => column.Name), answers[1].Rows.Select(row => row[0].GetString()!));
        Assert.Equal(snapshot.Schema.Columns.Select(ClickHouseType), answers[1].Rows.Select(row => row[1].GetString()!));
        AssertSame(expected, Lines(snapshot.Schema.Columns, answers[0]), seed);
        var late = story.Rows.Values.Sum(rows => rows.Count(row => (long)row[snapshot.Schema.Find("time")!.FieldId] >= 1_750_000_000_000));
        Assert.Equal($"{late}", answers[2].Rows[0][0].GetString());
    }

    [Fact]
    public async Task File_by_file_is_what_was_committed()
    {
        var (story, snapshot) = await TellAsync(new DiskBlobStore(folder.FullPath, FileLayer.Real, clock), 3, Commits);
        var newest = story.Rows.Keys.Order(StringComparer.Ordinal).Where(path => story.Rows[path].Count > 0).ToList();
        var columns = snapshot.Schema.Columns.Where(column => column.Kind.Length == 0 && column.Name != "month").ToList();
        var files = string.Join(", ", newest.Select(path => $"'{folder[snapshot.BlobOf(snapshot.Files[path])]}'"));
        var answer = await Judge.DuckDb.AskAsync($"select {string.Join(", ", columns.Select(column => column.Type == DeltaType.Timestamp ? $"epoch_us({column.PhysicalName})" : column.PhysicalName))} from read_parquet([{files}], union_by_name = true, hive_partitioning = false)");
        AssertSame(story.Rows.Values.SelectMany(rows => rows).Select(row => Line(columns, column => row.GetValueOrDefault(column.FieldId))).Order(StringComparer.Ordinal).ToList(), Lines(columns, answer), 3);
        var grown = snapshot.Schema.Columns.Where(column => column.Kind.Length > 0).ToList();
        var whole = await story.WriteAsync(snapshot.Schema, "2026-09", [.. Enumerable.Range(0, 50).Select(_ => story.RandomRow(snapshot.Schema))]);
        var one = await Judge.DuckDb.AskAsync($"select {string.Join(", ", grown.Select(DuckDbValue))} from read_parquet('{folder[snapshot.BlobOf(whole.File)]}', hive_partitioning = false)");
        AssertSame(whole.Rows.Select(row => Line(grown, column => row.GetValueOrDefault(column.FieldId))).Order(StringComparer.Ordinal).ToList(), Lines(grown, one), 3);
    }

    async Task<(TableStory Story, DeltaSnapshot Snapshot)> TellAsync(IBlobStore blobs, int seed, int commits)
    {
        var story = new TableStory(blobs, clock, seed, new DeltaTableOptions { CheckpointInterval = 7 });
        await story.CreateAsync();
        for (var commit = 0; commit < commits; commit++) await story.StepAsync();
        return (story, (await story.Table.ReadAsync(default))!);
    }

    static void AssertSame(List<string> expected, List<string> seen, int seed)
    {
        for (var i = 0; i < Math.Min(expected.Count, seen.Count); i++) Assert.True(expected[i] == seen[i], $"seed {seed}, row {i}:\nwrote    {expected[i]}\nthey see {seen[i]}");
        Assert.Equal(expected.Count, seen.Count);
    }

    static string ClickHouseValue(DeltaColumn column, string name) => column.Type switch
    {
        DeltaType.Timestamp => $"toUnixTimestamp64Micro({name})",
        DeltaType.Date => $"toString({name})",
        DeltaType.String or DeltaType.Double or DeltaType.Boolean or DeltaType.Long or DeltaType.Integer => name,
    };

    static string ClickHouseType(DeltaColumn column)
    {
        var type = column.Type switch
        {
            DeltaType.String => "String",
            DeltaType.Double => "Float64",
            DeltaType.Boolean => "Bool",
            DeltaType.Timestamp => "DateTime64(6)",
            DeltaType.Long => "Int64",
            DeltaType.Integer => "Int32",
            DeltaType.Date => "Date32",
        };
        return column.Nullable ? $"Nullable({type})" : type;
    }

    static string DuckDbValue(DeltaColumn column)
    {
        var name = $"\"{column.PhysicalName}\"";
        return column.Type switch
        {
            DeltaType.Timestamp => $"epoch_us({name})",
            DeltaType.Date => $"{name}::varchar",
            DeltaType.String or DeltaType.Double or DeltaType.Boolean or DeltaType.Long or DeltaType.Integer => name,
        };
    }

    static string Backticks(string name) => $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";

    static List<string> Lines(IReadOnlyList<DeltaColumn> columns, JudgeAnswer answer) =>
        [.. answer.Rows.Select(row => Line(columns, row)).Order(StringComparer.Ordinal)];

    static string Line(IReadOnlyList<DeltaColumn> columns, IReadOnlyList<JsonElement> row) =>
        string.Join('|', columns.Select((column, i) => row[i].ValueKind == JsonValueKind.Null ? "∅" : column.Type switch
        {
            DeltaType.Double => Text(double.Parse(row[i].ToString(), CultureInfo.InvariantCulture)),
            DeltaType.Boolean => row[i].GetBoolean() ? "true" : "false",
            DeltaType.String or DeltaType.Timestamp or DeltaType.Long or DeltaType.Integer or DeltaType.Date => row[i].ToString(),
        }));

    static string Line(IReadOnlyList<DeltaColumn> columns, Func<DeltaColumn, object?> value) =>
        string.Join('|', columns.Select(column => (column.Type, value(column)) switch
        {
            (_, null) => "∅",
            (DeltaType.Double, { } number) => Text(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
            (DeltaType.Boolean, { } flag) => (bool)flag ? "true" : "false",
            (DeltaType.Timestamp, { } ms) => Text((long)ms * 1000),
            (DeltaType.Date, { } days) => new DateOnly(1970, 1, 1).AddDays((int)days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            (_, { } other) => Convert.ToString(other, CultureInfo.InvariantCulture)!,
        }));

    static string Text<T>(T number) where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
