using System.Text;
using Cairn.Storage.Parquet;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

public sealed class A_writer : IDisposable
{
    readonly ParquetWriter writer = new(new ParquetSchema([ParquetColumn.Int64("a", nullable: false), ParquetColumn.Text("b"), ParquetColumn.Double("c")]), new ParquetWriterOptions { MaxRowsPerRowGroup = 100_000 });

    public void Dispose() => writer.Dispose();

    [Fact]
    public void Refuses_what_would_make_a_wrong_file()
    {
        Assert.Throws<InvalidOperationException>(() => writer.WriteInt64(0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.BeginRowGroup(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.BeginRowGroup(100_001));
        writer.BeginRowGroup(2);
        Assert.Throws<InvalidOperationException>(() => writer.BeginRowGroup(1));
        Assert.Throws<ArgumentException>(() => writer.WriteInt64(0, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => writer.WriteInt64(1, [1, 2]));
        Assert.Throws<ArgumentException>(() => writer.WriteInt64(0, [1], [0]));
        Assert.Throws<ArgumentException>(() => writer.WriteDouble(2, [1, 2], new int[] { 1, 1 }));
        Assert.Throws<ArgumentException>(() => writer.WriteDouble(2, [1], new int[] { 2 }));
        Assert.Throws<InvalidOperationException>(() => writer.EndRowGroup());
        writer.WriteInt64(0, [1, 2]);
        Assert.Throws<InvalidOperationException>(() => writer.WriteInt64(0, [1, 2]));
        Assert.Throws<InvalidOperationException>(() => writer.Finish());
        writer.EndRowGroup();
        var file = ParquetReader.Open("file", writer.Finish());
        Assert.Throws<InvalidOperationException>(() => writer.BeginRowGroup(1));
        Assert.Equal([[1L, 2L], [null, null], [null, null]], ColumnObjects.Of(file));
    }

    [Fact]
    public void Refuses_a_schema_that_readers_would_trip_over()
    {
        Assert.Throws<ArgumentException>(() => new ParquetSchema([ParquetColumn.Int64("a"), ParquetColumn.Text("a")]));
        Assert.Throws<ArgumentException>(() => new ParquetSchema([new ParquetGroup("g", GroupKind.Struct, [])]));
        Assert.Throws<ArgumentException>(() => new ParquetWriter(new ParquetSchema([new ParquetColumn("f", PhysicalType.Float)])));
    }

    [Fact]
    public void Keeps_texts_that_no_row_uses_out_of_the_file()
    {
        // A rewrite that erases a person's rows hands over the old dictionary.
        var texts = new Utf8Dictionary();
        texts.CodeOf("erased@example.com"u8);
        var kept = texts.CodeOf("kept@example.com"u8);
        writer.BeginRowGroup(50);
        writer.WriteInt64(0, new long[50]);
        writer.WriteText(1, texts.Values, Enumerable.Repeat(kept, 50).ToArray());
        writer.EndRowGroup();
        var bytes = Encoding.Latin1.GetString(writer.Finish().Span);
        Assert.Contains("kept@example.com", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("erased@", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void Falls_back_to_plain_texts_where_a_dictionary_would_be_larger_or_past_its_limit()
    {
        var few = Encodings(rows: 50_000, row => $"value {row % 100}");
        var distinct = Encodings(rows: 50_000, row => $"value {row}");
        var large = Encodings(rows: 3_000, row => $"{row % 1500}{new string('x', 1000)}");
        Assert.True(few.Uses(ParquetEncoding.RleDictionary));
        Assert.False(distinct.Uses(ParquetEncoding.RleDictionary));
        Assert.False(large.Uses(ParquetEncoding.RleDictionary));
    }

    [Fact]
    public void Packs_what_shrinks_and_leaves_the_rest_as_it_is()
    {
        var random = new Random(5);
        using var file = new ParquetWriter(new ParquetSchema([ParquetColumn.Int64("hash", nullable: false), ParquetColumn.Text("text", nullable: false)]));
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"the same words again {i:d4}")));
        file.BeginRowGroup(1000);
        file.WriteInt64(0, [.. Enumerable.Range(0, 1000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue))]);
        file.WriteText(1, new Utf8Values(bytes, Enumerable.Range(0, 1001).Select(i => i * 25).ToArray()));
        file.EndRowGroup();
        var columns = ParquetReader.Open("file", file.Finish()).RowGroups[0].Columns;
        Assert.Equal((ParquetCodec.Uncompressed, ParquetCodec.Snappy), (columns[0].Codec, columns[1].Codec));
        Assert.True(columns[0].Uses(ParquetEncoding.Plain) && !columns[0].Uses(ParquetEncoding.DeltaBinaryPacked));
    }

    [Fact]
    public void Takes_no_memory_per_value()
    {
        const int Rows = 30_000, Groups = 20;
        var texts = new Utf8Dictionary();
        var codes = Enumerable.Range(0, Rows).Select(row => row % 7 == 0 ? -1 : texts.CodeOf(Encoding.UTF8.GetBytes($"text {row % 90}"))).ToArray();
        var numbers = Enumerable.Range(0, Rows).Select(row => row * 17L % 1001).ToArray();
        var prices = Array.ConvertAll(numbers, number => number / 4.0);
        using var file = new ParquetWriter(writer.Schema, Stream.Null);
        void Write()
        {
            file.BeginRowGroup(Rows);
            file.WriteInt64(0, numbers);
            file.WriteText(1, texts.Values, codes);
            file.WriteDouble(2, prices);
            file.EndRowGroup();
        }
        for (var warm = 0; warm < 3; warm++) Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var group = 0; group < Groups; group++) Write();
        var perGroup = (GC.GetAllocatedBytesForCurrentThread() - before) / Groups;
        Assert.True(perGroup < 4096, $"{perGroup} bytes for a row group of {Rows} rows");
    }

    ColumnChunkInfo Encodings(int rows, Func<int, string> text)
    {
        using var file = new ParquetWriter(writer.Schema);
        var texts = new Utf8Dictionary();
        var codes = Enumerable.Range(0, rows).Select(row => texts.CodeOf(Encoding.UTF8.GetBytes(text(row)))).ToArray();
        file.BeginRowGroup(rows);
        file.WriteInt64(0, new long[rows]);
        file.WriteText(1, texts.Values, codes);
        file.EndRowGroup();
        var read = ParquetReader.Open("file", file.Finish());
        var column = (TextColumn)read.Read(0, 1);
        for (var row = 0; row < rows; row++) Assert.Equal(text(row), Encoding.UTF8.GetString(column[row]));
        return read.RowGroups[0].Columns[1];
    }
}
