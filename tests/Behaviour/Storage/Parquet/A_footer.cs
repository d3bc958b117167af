using System.Text;
using Cairn.Storage.Parquet;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet;

public class A_footer
{
    [Fact]
    public void Holds_a_range_of_values_only_where_it_was_asked_for()
    {
        var file = Write(
            [ParquetColumn.Timestamp("time", keepsRange: true), ParquetColumn.Int64("phone"), ParquetColumn.Int32("small", keepsRange: true), ParquetColumn.Double("price", keepsRange: true)],
            writer =>
            {
                writer.WriteInt64(0, [5, -7, 3]);
                writer.WriteInt64(1, [491511234567, 491511234568, 491511234569]);
                writer.WriteInt32(2, [int.MinValue, 4], [0, 2]);
                writer.WriteDouble(3, [0.0, 2.5, 1.0]);
            });
        var columns = file.RowGroups[0].Columns;
        Assert.Equal((true, -7L, 5L), (columns[0].HasRange, columns[0].Min, columns[0].Max));
        Assert.False(columns[1].HasRange);
        Assert.Equal((true, (long)int.MinValue, 4L), (columns[2].HasRange, columns[2].Min, columns[2].Max));
        Assert.Equal(1, columns[2].NullCount);
        // A zero stands for both zeros, so that a reader looking for -0 does not pass the file over.
        Assert.Equal((BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(2.5)), (columns[3].Min, columns[3].Max));
    }

    [Fact]
    public void Has_no_range_where_a_value_is_not_a_number()
    {
        var file = Write([ParquetColumn.Double("price", keepsRange: true)], writer => writer.WriteDouble(0, [1, double.NaN, 2]));
        Assert.False(file.RowGroups[0].Columns[0].HasRange);
        Assert.True(double.IsNaN(((DoubleColumn)file.Read(0, 0)).Values[1]));
    }

    [Fact]
    public void Never_holds_a_text()
    {
        using var writer = new ParquetWriter(new ParquetSchema([ParquetColumn.Text("email")]));
        var texts = new Utf8Dictionary();
        writer.BeginRowGroup(2);
        int[] codes = [texts.CodeOf("ann@example.com"u8), texts.CodeOf("bob@example.com"u8)];
        writer.WriteText(0, texts.Values, codes);
        writer.EndRowGroup();
        var footerAt = (int)writer.Length;
        Assert.DoesNotContain("example.com", Encoding.Latin1.GetString(writer.Finish().Span[footerAt..]), StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_field_ids_and_the_callers_notes()
    {
        using var writer = new ParquetWriter(
            new ParquetSchema([ParquetColumn.Int64("a", fieldId: 17), ParquetColumn.Text("b")]),
            new ParquetWriterOptions { KeyValues = new Dictionary<string, string> { ["as_of"] = "7", ["ü"] = "" } });
        var file = ParquetReader.Open("notes", writer.Finish());
        Assert.Equal([17, null], file.Schema.Leaves.Select(leaf => leaf.Column.FieldId));
        Assert.Equal(new Dictionary<string, string> { ["as_of"] = "7", ["ü"] = "" }, file.KeyValues);
        Assert.Empty(file.RowGroups);
    }

    [Fact]
    public void Of_thousands_of_columns_is_read_as_written()
    {
        var fields = Enumerable.Range(0, 5000).Select(i => ParquetColumn.Text($"s.property {i}", fieldId: i)).ToArray();
        using var writer = new ParquetWriter(new ParquetSchema(fields));
        for (var group = 0; group < 3; group++)
        {
            writer.BeginRowGroup(10);
            writer.EndRowGroup();
        }
        var file = ParquetReader.Open("wide", writer.Finish());
        Assert.Equal(fields, file.Schema.Leaves.Select(leaf => leaf.Column));
        Assert.Equal(4999, file.Schema.IndexOf("s.property 4999"));
        Assert.Equal(10, file.Read(2, 4999).NullCount);
    }

    static ParquetReader Write(ParquetField[] fields, Action<ParquetWriter> columns)
    {
        using var writer = new ParquetWriter(new ParquetSchema(fields));
        writer.BeginRowGroup(3);
        columns(writer);
        writer.EndRowGroup();
        return ParquetReader.Open("footer", writer.Finish().ToArray());
    }
}
