using System.Text;
using System.Text.Json;
using Cairn.Storage.Parquet;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

public sealed class Nested_rows : IDisposable
{
    /// <summary>The shape of a Delta checkpoint (PROTOCOL.md, "Checkpoint Schema"), and deeper nesting than it has.</summary>
    static readonly ParquetSchema Schema = new(
    [
        ParquetGroup.Struct("txn", ParquetColumn.Text("appId"), ParquetColumn.Int64("version"), ParquetColumn.Int64("lastUpdated")),
        ParquetGroup.Struct(
            "add",
            ParquetColumn.Text("path"),
            ParquetGroup.Map("partitionValues", ParquetColumn.Text("k"), ParquetColumn.Text("v")),
            ParquetColumn.Int64("size"),
            ParquetColumn.Boolean("dataChange"),
            ParquetGroup.Map("tags", ParquetColumn.Text("k"), ParquetColumn.Text("v"))),
        ParquetGroup.Struct(
            "metaData",
            ParquetColumn.Text("id"),
            ParquetGroup.Struct("format", ParquetColumn.Text("provider"), ParquetGroup.Map("options", ParquetColumn.Text("k"), ParquetColumn.Text("v"))),
            ParquetGroup.List("partitionColumns", ParquetColumn.Text("e"))),
        ParquetGroup.Struct("protocol", ParquetColumn.Int32("minReaderVersion"), ParquetGroup.List("readerFeatures", ParquetColumn.Text("e"))),
        ParquetGroup.List("deep", ParquetGroup.List("e", ParquetGroup.Struct("e", ParquetColumn.Double("x"), ParquetGroup.Map("m", ParquetColumn.Text("k"), ParquetGroup.List("v", ParquetColumn.Int32("e")))))),
        ParquetColumn.Int64("flat"),
    ]);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"txn":{"appId":"a-0","version":7}}""")]
    [InlineData("""{"add":{"path":"p","partitionValues":{},"size":1,"dataChange":false}}""")]
    [InlineData("""{"add":{"path":"p","partitionValues":{"a":null,"b":"1"},"tags":{"t":"u"}}}""")]
    [InlineData("""{"add":{}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"partitionColumns":["month"]}}""")]
    [InlineData("""{"protocol":{"minReaderVersion":2,"readerFeatures":[]}}""")]
    [InlineData("""{"deep":[]}""")]
    [InlineData("""{"deep":[null,[],[null],[{"x":1.5},{"x":2,"m":{}},{"m":{"a":null,"b":[],"c":[1,null,3]}}]],"flat":3}""")]
    public async Task Come_back_as_the_json_they_were(string row)
    {
        foreach (var times in (int[])[1, 3])
            Assert.Equal(Enumerable.Repeat(row, times), await RoundTrip(Enumerable.Repeat(row, times)));
    }

    [Fact]
    public async Task Come_back_as_the_json_they_were_whatever_they_hold()
    {
        var seeds = FullRun.Count(200, 10_000);
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var rows = Enumerable.Range(0, 1 + random.Next(60)).Select(_ => RandomRow(random)).ToList();
            Assert.True(rows.SequenceEqual(await RoundTrip(rows)), $"seed {seed}");
        }
        FullRun.Keep(this, $"seeds 0 to {seeds - 1}: up to 60 rows of nested JSON each, written and read back the same");
    }

    [Fact]
    public async Task Are_read_in_part_where_only_a_part_is_wanted()
    {
        var file = Write(["""{"txn":{"appId":"a","version":1},"add":{"path":"p","partitionValues":{"k":"v"},"size":3}}"""]);
        var rows = await JsonAssembler.ReadAsync(file, 0, leaf => leaf.Path[0] == "add" && leaf.Path[1] != "size", default);
        Assert.Equal("""{"add":{"path":"p","partitionValues":{"k":"v"}}}""", Encoding.UTF8.GetString(rows.Single().Span));
    }

    [Fact]
    public async Task Are_the_same_to_DuckDb_and_ClickHouse()
    {
        string[] rows =
        [
            """{"add":{"path":"a","partitionValues":{"m":"2026-01","n":null},"size":10,"dataChange":true}}""",
            """{"protocol":{"minReaderVersion":2,"readerFeatures":["columnMapping","x"]},"flat":5}""",
            """{"deep":[[],[{"x":1.5},{"x":2,"m":{"c":[1,null,3]}}]]}""",
        ];
        using var writer = new ParquetWriter(Schema);
        var file = folder["nested.parquet"];
        File.WriteAllBytes(file, Bytes(rows, writer).ToArray());
        var duck = await Judge.DuckDb.AskAsync($"select \"add\".path, \"add\".partitionValues['m'], cardinality(\"add\".partitionValues), protocol.readerFeatures::varchar, deep[2][2].m['c']::varchar, flat from read_parquet('{file}')");
        Assert.Equal(["a|2026-01|2|∅|∅|∅", "∅|∅|∅|[columnMapping, x]|∅|5", "∅|∅|∅|∅|[1, NULL, 3]|∅"], duck.Lines());
        var click = await Judge.ClickHouse.AskAsync($"select add.path, add.partitionValues['m'], length(add.partitionValues), toString(protocol.readerFeatures), toString(deep[2][2].m['c']), flat from file('{file}', Parquet)");
        Assert.Equal(["a|2026-01|2|[]|[]|∅", "∅|∅|0|['columnMapping','x']|[]|5", "∅|∅|0|[]|[1,NULL,3]|∅"], click.Lines());
    }

    [Fact]
    public void Must_fit_their_columns()
    {
        var shredder = new JsonShredder(Schema);
        Assert.Contains("add.size holds Int64", Assert.Throws<ArgumentException>(() => shredder.Add(Json("""{"add":{"size":"x"}}"""))).Message, StringComparison.Ordinal);
        Assert.Contains("partitionValues takes a JSON Object", Assert.Throws<ArgumentException>(() => shredder.Add(Json("""{"add":{"partitionValues":[]}}"""))).Message, StringComparison.Ordinal);
    }

    static async Task<IEnumerable<string>> RoundTrip(IEnumerable<string> rows)
    {
        var file = Write(rows);
        return (await JsonAssembler.ReadAsync(file, 0, _ => true, default)).Select(row => Encoding.UTF8.GetString(row.Span));
    }

    static ParquetReader Write(IEnumerable<string> rows)
    {
        using var writer = new ParquetWriter(Schema);
        return ParquetReader.Open("nested", Bytes(rows, writer).ToArray());
    }

    static ReadOnlyMemory<byte> Bytes(IEnumerable<string> rows, ParquetWriter writer)
    {
        var shredder = new JsonShredder(Schema);
        foreach (var row in rows) shredder.Add(Json(row));
        shredder.WriteTo(writer);
        return writer.Finish();
    }

    static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    static string RandomRow(Random random)
    {
        var fields = new List<string>();
        if (random.Next(2) == 0) fields.Add($"\"txn\":{{\"appId\":\"{random.Next(5)}\",\"version\":{random.NextInt64()}}}");
        if (random.Next(2) == 0) fields.Add($"\"add\":{{\"path\":\"{random.Next()}\",\"partitionValues\":{RandomMap(random, () => random.Next(3) == 0 ? "null" : $"\"{random.Next(3)}\"")},\"size\":{random.Next()},\"dataChange\":{(random.Next(2) == 0 ? "true" : "false")}}}");
        if (random.Next(2) == 0) fields.Add($"\"deep\":{RandomList(random, () => RandomList(random, () => $"{{\"x\":{random.Next(9)}.5,\"m\":{RandomMap(random, () => RandomList(random, () => $"{random.Next(100)}"))}}}"))}");
        if (random.Next(2) == 0) fields.Add($"\"flat\":{random.Next()}");
        return $"{{{string.Join(',', fields)}}}";
    }

    static string RandomList(Random random, Func<string> element) =>
        $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5) == 0 ? "null" : element()))}]";

    static string RandomMap(Random random, Func<string> value) =>
        $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(key => $"\"k{key}\":{value()}"))}}}";
}
