using System.Text;
using System.Text.Json;
using Cairn.Model;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Xunit;

namespace Cairn.Behaviour.Storage.Recent;

public class Taking_items_apart_into_columns
{
    readonly RecentRowsBuilder rows = new(ItemKind.Event);

    [Theory]
    [InlineData("""{"plan":"pro"}""", "s.plan", "pro")]
    [InlineData("""{"price":12.5}""", "n.price", "12.5")]
    [InlineData("""{"paid":true}""", "b.paid", "1")]
    [InlineData("""{"paid":false}""", "b.paid", "0")]
    [InlineData("""{"items":[1,{"a":"b"}]}""", "j.items", """[1,{"a":"b"}]""")]
    [InlineData("""{"o":{"a": 1}}""", "j.o", """{"a": 1}""")]
    [InlineData("""{"":"empty name"}""", "s.", "empty name")]
    [InlineData("""{"Plan Type ($;=)":"x"}""", "s.Plan Type ($;=)", "x")]
    [InlineData("""{"a\tb":"q\"\\\/\n\u00e9\ud83d\ude00"}""", "s.a\tb", "q\"\\/\n\u00e9\U0001F600")]
    [InlineData("""{"cut":"x\ud83d"}""", "s.cut", "x\ufffd")] // half an emoji, as a client's substring leaves it
    [InlineData("""{"cut":"\ud83dy\ude00"}""", "s.cut", "\ufffdy\ufffd")]
    [InlineData("""{"huge":1e999}""", "s.huge", "1e999")]
    [InlineData("""{"huge":123456789012345678901234567890}""", "n.huge", "1.2345678901234568E+29")]
    [InlineData("""{"a":1,"a":2}""", "n.a", "2")]
    public void A_value_goes_to_the_column_of_its_name_and_type(string json, string column, string value)
    {
        Add(json);
        Assert.Equal([(column, value)], Row(0));
    }

    [Theory]
    [InlineData("""{"a":null}""")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"a":1,"a":null}""")]
    public void What_is_null_is_absent(string json)
    {
        Add(json);
        Assert.Empty(Row(0));
    }

    [Fact]
    public void A_name_that_stands_twice_with_two_types_keeps_the_last()
    {
        Add("""{"a":"text","b":1,"a":true}""");
        Assert.Equal([("b.a", "1"), ("n.b", "1")], Row(0).Order());
    }

    [Fact]
    public void Rows_keep_apart_whatever_order_their_properties_come_in()
    {
        Add("""{"a":1,"b":"x","c":true}""");
        Add("""{"c":false,"a":"1"}""");
        Add("""{"d":[1]}""");
        Add("""{"a":2,"b":"x","c":true}""");
        Assert.Equal([("b.c", "1"), ("n.a", "1"), ("s.b", "x")], Row(0).Order());
        Assert.Equal([("b.c", "0"), ("s.a", "1")], Row(1).Order());
        Assert.Equal([("j.d", "[1]")], Row(2));
        Assert.Equal([("b.c", "1"), ("n.a", "2"), ("s.b", "x")], Row(3).Order());
    }

    [Theory]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":"x" "b":2}""")]
    [InlineData("[1]")]
    [InlineData("""{"a":1}{"b":2}""")]
    public void A_fault_in_the_middle_leaves_no_trace_of_the_row(string json)
    {
        Add("""{"a":0}""");
        Assert.ThrowsAny<JsonException>(() => Add(json));
        Add("""{"z":"after"}""");
        Assert.Equal([("n.a", "0")], Row(0));
        Assert.Equal([("s.z", "after")], Row(1));
        Assert.Equal(2, rows.RowCount);
    }

    [Fact]
    public void Groups_get_columns_of_their_own()
    {
        rows.Add(new Item { Kind = ItemKind.Event, Dialect = Dialect.Amplitude, Groups = Utf8("""{"company":"acme","team":["a","b"]}""") }, 1, 0);
        Assert.Equal([("g.company", "acme"), ("gj.team", """["a","b"]""")], Row(0));
    }

    [Fact]
    public void Past_the_most_columns_a_file_may_have_the_rest_stays_one_json_object()
    {
        for (var i = 0; i < 4; i++)
            Add("{" + string.Join(",", Enumerable.Range(i * 501, 501).Select(n => $"\"p{n}\":{n}")) + "}");
        Assert.Equal(501, Row(0).Count);
        Assert.Equal(RowLayout.MaxPropertyColumns - (3 * 501), Row(3).Count - 1);
        Assert.Equal((RowLayout.Rest, """{"p2000":2000,"p2001":2001,"p2002":2002,"p2003":2003}"""), Row(3).Single(cell => cell.Name == RowLayout.Rest));
    }

    [Fact]
    public void A_builder_used_again_remembers_nothing()
    {
        Add("""{"a":1,"gone":"x","b":"kept"}""");
        Add("""{"a":2,"b":"other"}""");
        rows.Clear();
        Add("""{"b":"new","c":true,"a":"now a text"}""");
        Assert.Equal([("b.c", "1"), ("s.a", "now a text"), ("s.b", "new")], Row(0).Order());
        Assert.Equal(1, rows.RowCount);
        Assert.Equal(((TextColumn)rows.Build().Single(column => column.Info.Name == "s.b").Column).Dictionary.Count, 1);
        for (var file = 0; file < 3; file++)
        {
            // Names that pass by take no room from those of later files.
            rows.Clear();
            Add("{" + string.Join(",", Enumerable.Range(file * 5_000, 1_900).Select(n => $"\"p{n}\":{n}")) + "}");
        }
        rows.Clear();
        rows.Clear();
        Add("{" + string.Join(",", Enumerable.Range(0, RowLayout.MaxPropertyColumns).Select(n => $"\"q{n}\":{n}")) + "}");
        Assert.Equal(RowLayout.MaxPropertyColumns, Row(0).Count);
    }

    void Add(string json) => rows.Add(new Item { Kind = ItemKind.Event, Dialect = Dialect.Mixpanel, Body = Utf8(json) }, seq: 7, rows.RowCount);

    /// <summary>A row's property, group and rest columns that hold a value.</summary>
    List<(string Name, string Value)> Row(int row) =>
        [.. rows.Build()
            .Where(column => column.Info.Name.Contains('.', StringComparison.Ordinal) || column.Info.Name == RowLayout.Rest)
            .Select(column => (column.Info.Name, Cell(column.Column, row)))
            .Where(cell => cell.Item2 is not null).Select(cell => (cell.Name, cell.Item2!))];

    static string? Cell(StoredColumn column, int row) => column switch
    {
        TextColumn texts => texts.Codes[row] == TextColumn.Null ? null : Encoding.UTF8.GetString(texts.Utf8(row)),
        DoubleColumn numbers => double.IsNaN(numbers.Values[row]) ? null : numbers.Values[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        BooleanColumn booleans => booleans.Values[row] == BooleanColumn.Null ? null : booleans.Values[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException(column.GetType().Name),
    };

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
