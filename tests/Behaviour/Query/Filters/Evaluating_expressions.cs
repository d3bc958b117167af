using System.Text.Json;
using Cairn.Query.Filters;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Query.Filters;

/// <summary>Expressions come to what docs/semantics/expressions.md says, example by example.</summary>
public class Evaluating_expressions
{
    public static IEnumerable<object[]> Examples() => DocTable.Rows("docs/semantics/expressions.md", "| expression | row | result |");

    [Theory]
    [MemberData(nameof(Examples))]
    public void Gives_the_result_on_the_page(string expression, string row, string result)
    {
        if (result == "error")
        {
            Assert.Throws<ExpressionException>(() => Evaluate(expression, row));
            return;
        }
        Assert.Equal(result, Shown(Evaluate(expression, row)));
    }

    [Fact]
    public void Has_all_the_examples_at_hand() => Assert.True(Examples().Count() > 80);

    [Theory]
    [InlineData("properties[\"a\"] ==", "expected a value, found the end (at character 19)")]
    [InlineData("properties[\"a\"] == \"x", "a text without its closing quote (at character 20)")]
    [InlineData("a == 1", "\"a\" is unknown; a property is written properties[\"a\"] (at character 1)")]
    [InlineData("true and 7", "\"and\" needs true or false, found a number (at character 10)")]
    [InlineData("(true", "expected \")\", found the end (at character 6)")]
    [InlineData("true ; false", "unexpected character \";\" (at character 6)")]
    [InlineData("true false", "expected an operator or the end, found \"false\" (at character 6)")]
    [InlineData("behaviors[\"b\"] > 1", "behaviors belong to questions about profiles (at character 1)")]
    [InlineData("floor()", "floor takes 1 arguments, found 0 (at character 1)")]
    public void Names_the_place_of_a_fault(string expression, string message)
    {
        var fault = Assert.Throws<ExpressionException>(() => Evaluate(expression, "{}"));
        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public void Refuses_what_would_exhaust_the_stack()
    {
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string('(', 100_000)));
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(string.Concat(Enumerable.Repeat("not ", 10_000)) + "true"));
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(string.Concat(Enumerable.Repeat("- ", 10_000)) + "1"));
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse("1" + string.Concat(Enumerable.Repeat("+1", 10_000))));
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse("[1]" + string.Concat(Enumerable.Repeat("[0]", 10_000))));
    }

    [Fact]
    public void Takes_a_list_of_thousands()
    {
        var ids = string.Join(',', Enumerable.Range(0, 10_000));
        Assert.True(Evaluate($"properties[\"id\"] in [{ids}]", "{\"id\":9999}").IsTrue);
    }

    [Theory]
    [InlineData("$browser", "$browser")]
    [InlineData("plan_type", "plan_type")]
    [InlineData("properties[\"plan\"]", "plan")]
    public void Reads_a_bare_name_as_a_breakdown(string on, string property)
    {
        var breakdown = Assert.IsType<Expression.Property>(ExpressionParser.ParseBreakdown(on));
        Assert.Equal(new PropertyReference(PropertyScope.Event, property), breakdown.Reference);
    }

    [Theory]
    [InlineData(3.0, "3")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1.5e20, "150000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.25e-6, "0.00000125")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(-1.5e300, "-1.5e+300")]
    public void Writes_numbers_as_JavaScript_does(double number, string text) => Assert.Equal(text, ValueText.Number(number));

    /// <summary>The row is the properties; "time" is the event's time and "user" the profile.</summary>
    static Value Evaluate(string expression, string row)
    {
        var compiled = CompiledExpression.Compile(ExpressionParser.Parse(expression));
        var properties = JsonDocument.Parse(row.Length == 0 ? "{}" : row).RootElement;
        return compiled.Evaluate([.. compiled.Inputs.Select(input => Read(input, properties))]);
    }

    static Value Read(PropertyReference input, JsonElement row)
    {
        Value Of(JsonElement from, string name) => from.TryGetProperty(name, out var found) ? JsonValue.Parse(found.GetRawText()) : Value.Undefined;
        return input switch
        {
            { Scope: PropertyScope.EventField, Name: EventField.Time } => Value.Moment((long)Of(row, "time").Number * 1000),
            { Scope: PropertyScope.EventField, Name: EventField.TimeSeconds } => Of(row, "time"),
            { Scope: PropertyScope.User } => Of(row.GetProperty("user"), input.Name),
            _ => Of(row, input.Name),
        };
    }

    static string Shown(Value value) => value.Kind switch
    {
        ValueKind.Text => $"\"{value.Text}\"",
        ValueKind.List => $"[{string.Join(", ", value.Items.Select(Shown))}]",
        _ => ValueText.Of(value),
    };
}
