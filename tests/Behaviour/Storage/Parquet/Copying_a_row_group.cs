using Cairn.Storage.Parquet;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

public class Copying_a_row_group
{
    [Fact]
    public async Task Moves_its_bytes_unchanged_beside_new_ones()
    {
        var random = new RandomColumns(1);
        object?[][][] groups = [random.Columns(300), random.Columns(200), random.Columns(500)];
        var source = Write(random, groups);
        var file = ParquetReader.Open("source", source);
        var fresh = random.Columns(100);
        using var writer = new ParquetWriter(RandomColumns.Schema);
        random.Write(writer, fresh);
        await writer.CopyRowGroupAsync(file, 2, default);
        await writer.CopyRowGroupAsync(file, 0, default);
        var bytes = writer.Finish().ToArray();
        var copy = ParquetReader.Open("copy", bytes);
        Assert.Equal([100, 500, 300], copy.RowGroups.Select(group => group.RowCount));
        var read = ColumnObjects.Of(copy);
        for (var c = 0; c < read.Length; c++) Assert.Equal([.. fresh[c], .. groups[2][c], .. groups[0][c]], read[c]);
        var from = file.RowGroups[2].Columns;
        var to = copy.RowGroups[1].Columns;
        for (var c = 0; c < from.Length; c++)
            Assert.True(source.AsSpan((int)from[c].Offset, (int)from[c].CompressedBytes).SequenceEqual(bytes.AsSpan((int)to[c].Offset, (int)to[c].CompressedBytes)), $"column {c}");
        Assert.Equal(from[5].Min, to[5].Min);
    }

    [Fact]
    public async Task Leaves_a_column_null_that_the_source_lacks()
    {
        using var old = new ParquetWriter(new ParquetSchema([ParquetColumn.Int64("a")]));
        old.BeginRowGroup(3);
        old.WriteInt64(0, [1, 2, 3]);
        old.EndRowGroup();
        var source = ParquetReader.Open("old", old.Finish().ToArray());
        using var writer = new ParquetWriter(new ParquetSchema([ParquetColumn.Text("new"), ParquetColumn.Int64("a")]));
        await writer.CopyRowGroupAsync(source, 0, default);
        Assert.Equal([[null, null, null], [1L, 2L, 3L]], ColumnObjects.Of(ParquetReader.Open("new", writer.Finish())));
    }

    [Fact]
    public async Task Refuses_a_source_whose_columns_are_other_ones()
    {
        var source = ParquetReader.Open("source", Write(new RandomColumns(2), [new RandomColumns(2).Columns(5)]));
        using var lacking = new ParquetWriter(new ParquetSchema([ParquetColumn.Int64("a")]));
        Assert.Contains("event", (await Assert.ThrowsAsync<ArgumentException>(async () => await lacking.CopyRowGroupAsync(source, 0, default))).Message, StringComparison.Ordinal);
        using var other = new ParquetWriter(new ParquetSchema(RandomColumns.Schema.Fields.Select(field => field.Name == "hash" ? ParquetColumn.Double("hash") : field)));
        Assert.Contains("column hash of source is Int64", (await Assert.ThrowsAsync<ArgumentException>(async () => await other.CopyRowGroupAsync(source, 0, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_that_the_source_was_altered()
    {
        var random = new RandomColumns(3);
        var bytes = Write(random, [random.Columns(50)]);
        bytes[(int)ParquetReader.Open("source", bytes).RowGroups[0].Columns[3].Offset + 40] ^= 1;
        using var writer = new ParquetWriter(RandomColumns.Schema);
        var fault = await Assert.ThrowsAsync<ParquetFormatException>(async () => await writer.CopyRowGroupAsync(ParquetReader.Open("source", bytes), 0, default));
        Assert.Contains("column id with checksum", fault.Message, StringComparison.Ordinal);
    }

    static byte[] Write(RandomColumns random, object?[][][] groups)
    {
        using var writer = new ParquetWriter(RandomColumns.Schema);
        foreach (var columns in groups) random.Write(writer, columns);
        return writer.Finish().ToArray();
    }
}
