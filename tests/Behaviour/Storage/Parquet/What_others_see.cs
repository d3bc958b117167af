using System.Globalization;
using System.Text.Json;
using Cairn.Storage.Parquet;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>DuckDB and ClickHouse read what we write and see our rows; we read what DuckDB and ClickHouse write.</summary>
public sealed class What_others_see : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Of_our_files_in_DuckDb_is_what_we_wrote()
    {
        var (files, expected) = WriteFiles();
        var answers = await Judge.DuckDb.AskAsync(files.Select(file =>
            $"""select event, "plan ($;=)", items::varchar, id, rare_id, epoch_ms(time), hash, "index", price, noise, paid, new, never from read_parquet('{file}')"""));
        AssertSame(expected, answers);
    }

    [Fact]
    public async Task Of_our_files_in_ClickHouse_is_what_we_wrote()
    {
        var (files, expected) = WriteFiles();
        var answers = await Judge.ClickHouse.AskAsync(files.Select(file =>
            $"select event, `plan ($;=)`, items, id, rare_id, toUnixTimestamp64Milli(time), hash, index, price, noise, paid, new, never from file('{file}', Parquet) settings input_format_parquet_enable_json_parsing = 0"));
        AssertSame(expected, answers);
    }

    [Fact]
    public async Task Of_our_types_is_their_own()
    {
        var (files, _) = WriteFiles();
        var duck = await Judge.DuckDb.AskAsync($"select column_name, column_type, \"null\" from (describe select * from read_parquet('{files[0]}'))");
        Assert.Equal(["VARCHAR", "VARCHAR", "JSON", "VARCHAR", "VARCHAR", "TIMESTAMP WITH TIME ZONE", "BIGINT", "INTEGER", "DOUBLE", "DOUBLE", "BOOLEAN", "BOOLEAN", "VARCHAR"], duck.Rows.Select(row => row[1].GetString()));
        var click = await Judge.ClickHouse.AskAsync($"describe table file('{files[0]}', Parquet) settings schema_inference_make_columns_nullable = 'auto', input_format_parquet_enable_json_parsing = 0");
        Assert.Equal(["String", "Nullable(String)", "Nullable(String)", "String", "Nullable(String)", "DateTime64(3, 'UTC')", "Nullable(Int64)", "Nullable(Int32)", "Nullable(Float64)", "Float64", "Nullable(Bool)", "Bool", "Nullable(String)"], click.Rows.Select(row => row[1].GetString()));
    }

    (string[] Files, List<object?[][]> Expected) WriteFiles()
    {
        var files = new List<string>();
        var expected = new List<object?[][]>();
        foreach (var rows in (int[])[1, 9, 100, 1000, 5000])
        {
            for (var seed = 0; seed < 3; seed++)
            {
                var random = new RandomColumns((rows * 10) + seed);
                var file = folder[$"{rows}-{seed}.parquet"];
                using var stream = File.Create(file);
                using var writer = new ParquetWriter(RandomColumns.Schema, stream, new ParquetWriterOptions { Compresses = seed != 1 });
                object?[][][] groups = [random.Columns(rows), random.Columns(rows / 2 + 1)];
                foreach (var columns in groups) random.Write(writer, columns);
                writer.Finish();
                files.Add(file);
                expected.Add([.. groups[0].Zip(groups[1], (first, second) => (object?[])[.. first, .. second])]);
            }
        }
        return ([.. files], expected);
    }

    static void AssertSame(List<object?[][]> expected, IReadOnlyList<JudgeAnswer> answers)
    {
        for (var file = 0; file < expected.Count; file++)
        {
            var columns = expected[file];
            Assert.Equal(columns[0].Length, answers[file].Rows.Count);
            for (var row = 0; row < columns[0].Length; row++)
                for (var c = 0; c < columns.Length; c++)
                    Assert.True(IsSame(columns[c][row], answers[file].Rows[row][c]), $"file {file}, row {row}, column {RandomColumns.Schema.Leaves[c]}: wrote {columns[c][row]}, they see {answers[file].Rows[row][c]}");
        }
    }

    static bool IsSame(object? ours, JsonElement theirs) => ours switch
    {
        null => theirs.ValueKind == JsonValueKind.Null,
        bool value => theirs.ValueKind == (value ? JsonValueKind.True : JsonValueKind.False),
        double value => Number(theirs.ToString()) == value,
        string value => theirs.GetString() == value,
        IFormattable value => theirs.ToString() == value.ToString(null, CultureInfo.InvariantCulture),
        _ => false,
    };

    static double Number(string text) => text.ToUpperInvariant() switch
    {
        "INFINITY" or "INF" => double.PositiveInfinity,
        "-INFINITY" or "-INF" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
