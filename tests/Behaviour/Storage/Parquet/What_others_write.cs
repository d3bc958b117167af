using System.Text.Json;
using Cairn.Storage.Parquet;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>DuckDB and ClickHouse write a table with each of their encodings and codecs, and we read the rows they put in.</summary>
public sealed class What_others_write : IDisposable
{
    const int Rows = 20_000;

    /// <summary>Columns that make a writer choose each of its encodings: few values, many, ordered, random, long shared prefixes, nulls in runs.</summary>
    const string DuckTable = """
        select 'Event ' || (i % 7) as event,
               case when i % 3 = 0 then null else 'p' || (hash(i) % 1000) end as plan,
               'id-' || lpad((i * 7919)::varchar, 12, '0') as id,
               case when i % 1000 < 500 then null else md5(i::varchar) end as noise,
               1700000000000 + i * 37 as time,
               (hash(i) >> 1)::bigint as hash,
               case when i % 11 = 0 then null else (i % 90)::integer end as small,
               case when i % 5 = 0 then null else (i % 200) / 4.0::double end as price,
               (hash(i) % 100000007)::double / 7 as random,
               (i % 17)::float / 3 as float,
               case when i % 13 = 0 then null else i % 4 = 0 end as paid,
               i > 10000 as late
        from range(20000) t(i)
        """;

    static readonly string[] Columns = ["event", "plan", "id", "noise", "time", "hash", "small", "price", "random", "float", "paid", "late"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task In_DuckDb_is_what_we_read()
    {
        string[] options =
        [
            "compression snappy, parquet_version v1", "compression uncompressed, parquet_version v1", "compression gzip, parquet_version v1",
            "compression snappy, parquet_version v2", "compression uncompressed, parquet_version v2",
            "compression snappy, parquet_version v2, dictionary_size_limit 1", "compression snappy, parquet_version v1, dictionary_size_limit 1",
            "compression snappy, parquet_version v2, row_group_size 2048",
        ];
        var copies = options.Select((option, i) => $"copy ({DuckTable}) to '{folder[$"duck{i}.parquet"]}' (format parquet, {option})");
        var answers = await NodeTool.AskAsync<JsonElement[]>("judges/duckdb.mjs", new { statements = (string[])[.. copies, DuckTable] });
        var rows = answers[^1].GetProperty("rows");
        var seen = new HashSet<ParquetEncoding>();
        for (var i = 0; i < options.Length; i++) AssertSame(rows, folder[$"duck{i}.parquet"], options[i], seen);
        Assert.Superset(new HashSet<ParquetEncoding> { ParquetEncoding.Plain, ParquetEncoding.PlainDictionary, ParquetEncoding.RleDictionary, ParquetEncoding.DeltaBinaryPacked, ParquetEncoding.DeltaLengthByteArray, ParquetEncoding.ByteStreamSplit }, seen);
    }

    [Fact]
    public async Task In_ClickHouse_is_what_we_read()
    {
        string[] options =
        [
            "output_format_parquet_compression_method = 'snappy'",
            "output_format_parquet_compression_method = 'none', output_format_parquet_max_dictionary_size = 0",
            "output_format_parquet_compression_method = 'gzip', output_format_parquet_row_group_size = 3000",
            "output_format_parquet_compression_method = 'snappy', output_format_parquet_data_page_size = 1000, output_format_parquet_write_checksums = 1",
        ];
        const string Table = """
            select 'Event ' || toString(number % 7) as event,
                   if(number % 3 = 0, null, 'p' || toString(sipHash64(number) % 1000)) as plan,
                   'id-' || leftPad(toString(number * 7919), 12, '0') as id,
                   if(number % 1000 < 500, null, hex(MD5(toString(number)))) as noise,
                   toInt64(1700000000000 + number * 37) as time,
                   toInt64(bitShiftRight(sipHash64(number), 1)) as hash,
                   if(number % 11 = 0, null, toInt32(number % 90)) as small,
                   if(number % 5 = 0, null, (number % 200) / 4.0) as price,
                   toFloat64(sipHash64(number) % 100000007) / 7 as random,
                   toFloat32(toFloat32(number % 17) / 3) as float,
                   if(number % 13 = 0, null, (number % 4 = 0)::Bool) as paid,
                   (number > 10000)::Bool as late
            from numbers(20000)
            """;
        var copies = options.Select((option, i) => $"insert into function file('{folder[$"click{i}.parquet"]}', Parquet) {Table} settings {option}, output_format_parquet_string_as_string = 1, engine_file_truncate_on_insert = 1");
        var answers = await NodeTool.AskAsync<JsonElement[]>("judges/clickhouse.mjs", new { statements = (string[])[.. copies, Table] });
        var rows = answers[^1].GetProperty("rows");
        for (var i = 0; i < options.Length; i++) AssertSame(rows, folder[$"click{i}.parquet"], options[i], []);
    }

    [Fact]
    public async Task With_a_codec_that_we_do_not_read_is_named()
    {
        await Judge.DuckDb.RunAsync($"copy (select 1 as a) to '{folder["zstd.parquet"]}' (format parquet, compression zstd)");
        var file = ParquetReader.Open("zstd.parquet", File.ReadAllBytes(folder["zstd.parquet"]));
        Assert.Contains("codec Zstd", Assert.Throws<ParquetFormatException>(() => file.Read(0, 0)).Message, StringComparison.Ordinal);
    }

    static void AssertSame(JsonElement rows, string path, string option, HashSet<ParquetEncoding> seen)
    {
        var file = ParquetReader.Open(path, File.ReadAllBytes(path));
        Assert.Equal(Rows, file.RowCount);
        Assert.Equal(Rows, rows.GetArrayLength());
        foreach (var group in file.RowGroups)
            foreach (var chunk in group.Columns)
                foreach (var encoding in Enum.GetValues<ParquetEncoding>())
                    if (chunk.Uses(encoding)) seen.Add(encoding);
        var columns = ColumnObjects.Of(file);
        for (var c = 0; c < Columns.Length; c++)
        {
            var column = columns[file.Schema.IndexOf(Columns[c])];
            var row = 0;
            foreach (var theirs in rows.EnumerateArray())
            {
                Assert.True(IsSame(column[row], theirs[c]), $"{option}: row {row}, column {Columns[c]}: they wrote {theirs[c]}, we read {column[row]}");
                row++;
            }
        }
    }

    static bool IsSame(object? ours, JsonElement theirs) => ours switch
    {
        null => theirs.ValueKind == JsonValueKind.Null,
        bool value => theirs.ValueKind == (value ? JsonValueKind.True : JsonValueKind.False),
        double value => theirs.GetDouble() == value || (float)theirs.GetDouble() == value,
        _ => theirs.ToString() == ours.ToString(),
    };
}
