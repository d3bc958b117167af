using Cairn.Storage.Delta;
using Xunit;

namespace Cairn.Behaviour.Storage.Delta;

public class Growing_a_schema
{
    static readonly DeltaSchema First = DeltaSchema.Of(new("event", DeltaType.String), new("time", DeltaType.Timestamp));

    [Theory]
    [InlineData("plan", "plan")]
    [InlineData("plan plan:double", "plan plan_double")]
    [InlineData("plan plan:string:group", "plan plan_group")]
    [InlineData("plan Plan PLAN", "plan Plan_2 PLAN_3")]
    [InlineData("event Time", "event_2 Time_2")]
    [InlineData("plan_double plan plan:double", "plan_double plan plan_2")]
    [InlineData("\u212Aey key", "\u212Aey key_2")] // the Kelvin sign is a k to who makes names small
    [InlineData("\u017Fum Sum", "\u017Fum Sum_2")] // the long s is an S to who makes names large
    public void Gives_each_column_a_name_of_its_own(string asked, string named)
    {
        var schema = First;
        foreach (var column in asked.Split(' ').Select(text => text.Split(':')))
            schema = schema.With(column[0], column.Length > 1 ? Enum.Parse<DeltaType>(column[1], ignoreCase: true) : DeltaType.String, column.Length > 2 ? column[2] : "property");
        Assert.Equal(named.Split(' '), schema.Columns.Skip(2).Select(column => column.Name));
        Assert.Equal(asked.Split(' ').Select(text => text.Split(':')[0]), schema.Columns.Skip(2).Select(column => column.Original));
    }

    [Fact]
    public void Takes_any_name()
    {
        var schema = First.With("", DeltaType.String, "property").With("_empty", DeltaType.String, "property").With("a\ud83d", DeltaType.String, "property");
        Assert.Equal(["_empty", "_empty_2", "a\ufffd"], schema.Columns.Skip(2).Select(column => column.Name));
        Assert.Equal("", schema.Columns[2].Original);
        Assert.Same(schema, schema.With("a\ud83d", DeltaType.String, "property"));
        Assert.Equal("a\ufffd", schema.Find("a\ud83d", DeltaType.String, "property")!.Name);
    }

    [Fact]
    public void Finds_a_column_by_what_it_was_made_for()
    {
        var schema = First.With("plan", DeltaType.String, "property").With("Plan", DeltaType.Double, "property");
        Assert.Equal("Plan_2", schema.Find("Plan", DeltaType.Double, "property")!.Name);
        Assert.Null(schema.Find("Plan", DeltaType.String, "property"));
        Assert.Null(schema.Find("event", DeltaType.String, "property"));
        Assert.Null(schema.Find("PLAN"));
        Assert.Same(schema, schema.With("Plan", DeltaType.Double, "property"));
    }

    [Fact]
    public void Gives_ids_and_physical_names_that_never_come_again()
    {
        var one = First.With("a", DeltaType.String, "property");
        var other = First.With("a", DeltaType.String, "property");
        Assert.Equal(one.Columns[2].PhysicalName, other.Columns[2].PhysicalName);
        Assert.Matches("^col-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", one.Columns[2].PhysicalName);
        var many = First;
        for (var i = 0; i < 5000; i++) many = many.With($"p{i}", (DeltaType)(i % 7), "property");
        Assert.Equal(5002, many.Columns.Select(column => column.PhysicalName).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 5002), many.Columns.Select(column => column.FieldId));
        Assert.NotEqual(one.Columns[2].PhysicalName, First.With("b", DeltaType.String, "property").With("a", DeltaType.String, "property").Columns[3].PhysicalName);
    }

    [Fact]
    public void Refuses_two_fixed_columns_of_one_name() =>
        Assert.Throws<ArgumentException>(() => DeltaSchema.Of(new("time", DeltaType.Timestamp), new("Time", DeltaType.String)));

    [Theory]
    [InlineData(DeltaType.String, 0, "string")]
    [InlineData(DeltaType.Double, 1, "double")]
    [InlineData(DeltaType.Boolean, 2, "boolean")]
    [InlineData(DeltaType.Timestamp, 3, "timestamp")]
    [InlineData(DeltaType.Long, 4, "long")]
    [InlineData(DeltaType.Integer, 5, "integer")]
    [InlineData(DeltaType.Date, 6, "date")]
    public void Spells_types_as_Delta_does(DeltaType type, int number, string name)
    {
        Assert.Equal(number, (int)type);
        Assert.Equal(name, DeltaTypeNames.NameOf(type));
        Assert.Equal(type, DeltaTypeNames.TypeOf(name));
    }

    [Fact]
    public void Keeps_ranges_of_times_and_numbers_only()
    {
        var (time, text) = (First.Find("time")!, First.Find("event")!);
        var statistics = DeltaStatistics.Of(7, new DeltaRange(time, 1_750_000_000_123, 1_750_000_000_999, 2));
        Assert.Equal("""{"numRecords":7,"minValues":{"time":"2025-06-15T15:06:40.123Z"},"maxValues":{"time":"2025-06-15T15:06:40.999Z"},"nullCount":{"time":2}}""", statistics.Json);
        Assert.Equal(new DeltaRange(time, 1_750_000_000_123, 1_750_000_000_999, 2), statistics.RangeOf(time));
        Assert.Null(statistics.RangeOf(text));
        Assert.Throws<ArgumentException>(() => DeltaStatistics.Of(1, new DeltaRange(text, 1, 2)));
        Assert.Null(DeltaStatistics.Of(1, new DeltaRange(time, long.MinValue, long.MaxValue)).RangeOf(time));
    }
}
