using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Storage.Parquet;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>
/// Files that stay as they are: whatever we change, what was written once is read as it was. Beside each lies its content as text, a row a line.
/// A new version of our bytes gets a new pair: run the tests with CAIRN_WRITE_GOLDEN=1 and commit what is new.
/// </summary>
public class Golden_files
{
    static readonly string Folder = RepositoryFolder.Of("tests", "Golden", "parquet");

    public static TheoryData<string> Names() => [.. Directory.GetFiles(Folder, "*.parquet").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Are_read_as_they_were_written(string name)
    {
        var text = await TextOf(ParquetReader.Open(name, await File.ReadAllBytesAsync(Path.Combine(Folder, name + ".parquet"))));
        var beside = Path.Combine(Folder, name + ".txt");
        if (!File.Exists(beside) && Environment.GetEnvironmentVariable("CAIRN_WRITE_GOLDEN") == "1") await File.WriteAllTextAsync(beside, text);
        Assert.Equal(await File.ReadAllTextAsync(beside), text);
    }

    [Fact]
    public void Of_ours_are_what_we_still_write()
    {
        var random = new RandomColumns(2026);
        using var writer = new ParquetWriter(RandomColumns.Schema, new ParquetWriterOptions { Compresses = false, KeyValues = new Dictionary<string, string> { ["note"] = "golden" } });
        random.Write(writer, random.Columns(150));
        random.Write(writer, random.Columns(77));
        AssertGolden("cairn-1-flat.parquet", writer.Finish());
    }

    [Fact]
    public void Of_our_checkpoints_are_what_we_still_write()
    {
        var schema = new ParquetSchema(
        [
            ParquetGroup.Struct("txn", ParquetColumn.Text("appId"), ParquetColumn.Int64("version")),
            ParquetGroup.Struct("add", ParquetColumn.Text("path"), ParquetGroup.Map("partitionValues", ParquetColumn.Text("k"), ParquetColumn.Text("v")), ParquetColumn.Boolean("dataChange")),
            ParquetGroup.Struct("protocol", ParquetColumn.Int32("minReaderVersion"), ParquetGroup.List("readerFeatures", ParquetColumn.Text("e"))),
        ]);
        var shredder = new JsonShredder(schema);
        Add("""{"protocol":{"minReaderVersion":2,"readerFeatures":["columnMapping"]}}""");
        for (var i = 0; i < 40; i++)
        {
            var month = $"2026-0{1 + (i % 3)}";
            var odd = i % 2 == 0 ? "null" : "\"\"";
            Add($$$"""{"add":{"path":"month={{{month}}}/{{{i}}}.parquet","partitionValues":{"month":"{{{month}}}","odd":{{{odd}}}},"dataChange":false}}""");
        }
        for (var i = 0; i < 5; i++) Add($$$"""{"txn":{"appId":"stream-{{{i}}}","version":{{{i * 1000L}}}}}""");
        void Add(string row) => shredder.Add(JsonDocument.Parse(row).RootElement);
        using var writer = new ParquetWriter(schema, new ParquetWriterOptions { Compresses = false });
        shredder.WriteTo(writer);
        AssertGolden("cairn-1-nested.parquet", writer.Finish());
    }

    static void AssertGolden(string name, ReadOnlyMemory<byte> bytes)
    {
        var file = Path.Combine(Folder, name);
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("CAIRN_WRITE_GOLDEN") == "1") File.WriteAllBytes(file, bytes.ToArray());
        Assert.Equal(Convert.ToHexString(File.ReadAllBytes(file)), Convert.ToHexString(bytes.Span));
    }

    static async Task<string> TextOf(ParquetReader file)
    {
        var text = new StringBuilder();
        foreach (var leaf in file.Schema.Leaves)
            text.Append(CultureInfo.InvariantCulture, $"# {leaf}: {leaf.Column.Type} {leaf.Column.Logical} levels {leaf.MaxDefinition}/{leaf.MaxRepetition} field {leaf.Column.FieldId}\n");
        foreach (var (key, value) in file.KeyValues.Where(pair => !pair.Key.StartsWith("ARROW", StringComparison.Ordinal)))
            text.Append(CultureInfo.InvariantCulture, $"# {key} = {value}\n");
        for (var group = 0; group < file.RowGroups.Count; group++)
            foreach (var row in await JsonAssembler.ReadAsync(file, group, _ => true, default)) text.Append(Encoding.UTF8.GetString(row.Span)).Append('\n');
        return text.ToString();
    }
}
