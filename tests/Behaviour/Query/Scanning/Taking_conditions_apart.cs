using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Xunit;

namespace Cairn.Behaviour.Query.Scanning;

/// <summary>A long condition is taken apart in time and memory that grow with its length, not with its square.</summary>
public class Taking_conditions_apart
{
    [Theory]
    [InlineData("or")]
    [InlineData("and")]
    public void Costs_twice_as_much_for_a_condition_twice_as_long(string joined)
    {
        BytesFor(joined, 100);
        var (shorter, longer) = (BytesFor(joined, 250), BytesFor(joined, 500));
        Assert.InRange(longer, shorter, 3 * shorter);
    }

    [Fact]
    public void Refuses_an_operand_that_its_form_shows_to_be_no_condition() =>
        Assert.Throws<ExpressionException>(() => RowFilter.Of(ExpressionParser.Parse("""properties["a"] == 1 and (properties["b"] == 2 or 5)""")));

    [Fact]
    public void Refuses_a_chain_that_no_text_could_hold()
    {
        Expression one = new Expression.Literal(Value.True);
        var chain = Enumerable.Repeat(one, 100_000).Aggregate((left, right) => new Expression.Binary(BinaryOperator.Or, left, right));
        Assert.Contains("more than 4000 operators", Assert.Throws<ExpressionException>(() => CompiledExpression.Compile(chain)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""properties["a"]""", false)]
    [InlineData("""1 + 2""", false)]
    [InlineData("""properties["a"] == 1 or not properties["a"][0] in ["x", properties["a"]]""", false)]
    [InlineData("""properties["a"] == user["a"]""", true)]
    [InlineData("""properties["b"] == 1 or properties["a"] == 1 or properties["a"] == 2""", true)]
    [InlineData("""defined(properties["a"]) and -properties["b"] < 1""", true)]
    [InlineData("""any(x, properties["a"], x == properties["b"])""", true)]
    [InlineData("""1 in [properties["a"], properties["b"]["c"]]""", true)]
    public void Knows_whether_a_condition_reads_several_properties(string condition, bool reads)
    {
        var expression = ExpressionParser.Parse(condition);
        Assert.Equal((reads, reads), (PropertyReads.AreSeveral(expression), CompiledExpression.Compile(expression).Inputs.Count > 1));
    }

    /// <summary>Bytes allocated for a condition on so many properties: they do not depend on how busy the machine is.</summary>
    static long BytesFor(string joined, int propertyCount)
    {
        var condition = ExpressionParser.Parse(string.Join($" {joined} ", Enumerable.Range(0, propertyCount).Select(i => $"properties[\"p{i}\"] == 1")));
        var before = GC.GetAllocatedBytesForCurrentThread();
        RowFilter.Of(condition);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
