using Cairn.Storage.Parquet;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

public class What_is_written
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(129)]
    [InlineData(1000)]
    [InlineData(4097)]
    [InlineData(70_000)] // more than one page
    public void Is_read_back_whatever_the_types_the_nulls_and_the_runs(int rows)
    {
        var files = Math.Max(1, FullRun.Count(3_000, 100_000) / rows);
        for (var seed = 0; seed < files; seed++)
        {
            var random = new RandomColumns((rows * 1000) + seed);
            var columns = random.Columns(rows);
            using var writer = new ParquetWriter(RandomColumns.Schema, new ParquetWriterOptions { Compresses = seed % 2 == 0 });
            random.Write(writer, columns);
            var read = ParquetReader.Open($"seed {random.Seed}", writer.Finish());
            Assert.Equal(rows, read.RowCount);
            foreach (var leaf in RandomColumns.Schema.Leaves)
            {
                var expected = columns[leaf.Index];
                var column = read.Read(0, leaf.Index);
                Assert.True(expected.SequenceEqual(ColumnObjects.Of(column)), $"column {leaf}, {rows} rows, seed {random.Seed}");
                Assert.Equal(expected.Count(value => value is null), column.NullCount);
                Assert.Equal(column.NullCount, read.RowGroups[0].Columns[leaf.Index].NullCount);
            }
        }
        FullRun.Keep(this, $"{files:N0} files, every column read back as it was written", $"{nameof(Is_read_back_whatever_the_types_the_nulls_and_the_runs)}({rows} rows)");
    }
}
