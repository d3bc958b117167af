using Cairn.Storage;
using Cairn.Storage.Parquet;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

public class Reading_from_a_store
{
    [Fact]
    public async Task Takes_one_read_for_a_footer_and_one_for_a_column()
    {
        var (source, columns) = LargeFile();
        var file = await ParquetReader.OpenAsync(source, default);
        Assert.Single(source.Reads);
        var column = await file.ReadAsync(0, 5, default);
        Assert.Equal(2, source.Reads.Count);
        Assert.Equal(file.RowGroups[0].Columns[5].CompressedBytes, source.Reads[1].Length);
        Assert.Equal(columns[5], ColumnObjects.Of(column));
    }

    [Fact]
    public async Task Takes_one_read_for_neighbours()
    {
        var (source, columns) = LargeFile();
        var file = await ParquetReader.OpenAsync(source, default);
        var decoded = await file.ReadAsync(0, [10, 0, 9], default);
        Assert.Equal(3, source.Reads.Count);
        Assert.Equal([columns[10], columns[0], columns[9]], decoded.Select(ColumnObjects.Of));
    }

    [Fact]
    public async Task Takes_one_read_for_a_small_file()
    {
        var random = new RandomColumns(1);
        var columns = random.Columns(20);
        using var writer = new ParquetWriter(RandomColumns.Schema);
        random.Write(writer, columns);
        var source = new CountingSource(writer.Finish().ToArray());
        var file = await ParquetReader.OpenAsync(source, default);
        for (var c = 0; c < columns.Length; c++) Assert.Equal(columns[c], ColumnObjects.Of(await file.ReadAsync(0, c, default)));
        Assert.Single(source.Reads);
    }

    [Fact]
    public async Task Takes_a_second_read_for_a_footer_longer_than_the_first_one()
    {
        using var writer = new ParquetWriter(new ParquetSchema(Enumerable.Range(0, 3000).Select(i => ParquetColumn.Int64($"column {i}"))));
        writer.BeginRowGroup(1);
        writer.WriteInt64(2999, [42]);
        writer.EndRowGroup();
        var source = new CountingSource(writer.Finish().ToArray());
        var file = await ParquetReader.OpenAsync(source, default);
        Assert.Equal(2, source.Reads.Count);
        Assert.Equal([42L], ColumnObjects.Of(await file.ReadAsync(0, 2999, default)));
    }

    [Theory]
    [InlineData(0, "at least 12 bytes")]
    [InlineData(11, "at least 12 bytes")]
    [InlineData(2000, "PAR1 at the end")]
    public async Task Says_what_is_wrong_with_a_cut_file(int bytes, string expected)
    {
        var (source, _) = LargeFile();
        var fault = await Assert.ThrowsAsync<ParquetFormatException>(async () => await ParquetReader.OpenAsync(new CountingSource(source.Bytes[..bytes]), default));
        Assert.Contains(expected, fault.Expected, StringComparison.Ordinal);
        Assert.Equal("counting", fault.File);
    }

    [Fact]
    public async Task Says_of_a_blob_that_it_is_gone_or_shorter_than_it_was()
    {
        var (source, columns) = LargeFile();
        var blobs = new InMemoryBlobStore();
        await blobs.PutAsync("lake/a.parquet", source.Bytes, PutCondition.None, default);
        var file = await ParquetReader.OpenAsync(new BlobSource(blobs, "lake/a.parquet", source.Length), default);
        Assert.Equal(columns[3], ColumnObjects.Of(await file.ReadAsync(0, 3, default)));
        await blobs.PutAsync("lake/a.parquet", source.Bytes.AsMemory(0, 10), PutCondition.None, default);
        Assert.Equal("lake/a.parquet", (await Assert.ThrowsAsync<ParquetFormatException>(async () => await file.ReadAsync(0, 3, default))).File);
        await blobs.DeleteAsync("lake/a.parquet", default);
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await file.ReadAsync(0, 3, default));
    }

    static (CountingSource Source, object?[][] Columns) LargeFile()
    {
        var random = new RandomColumns(4);
        var columns = random.Columns(20_000);
        using var writer = new ParquetWriter(RandomColumns.Schema, new ParquetWriterOptions { Compresses = false });
        random.Write(writer, columns);
        return (new CountingSource(writer.Finish().ToArray()), columns);
    }

    sealed class CountingSource(byte[] bytes) : IRangeSource
    {
        public byte[] Bytes => bytes;

        public List<(long Offset, int Length)> Reads { get; } = [];

        public string Name => "counting";

        public long Length => bytes.Length;

        public ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            Reads.Add((offset, into.Length));
            bytes.AsSpan((int)offset, into.Length).CopyTo(into.Span);
            return ValueTask.CompletedTask;
        }
    }
}
