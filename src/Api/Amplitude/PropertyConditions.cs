using System.Globalization;
using Cairn.Query.Filters;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's operators as expressions of our one language.</summary>
/// <remarks>
/// Source: Amplitude docs, "Dashboard REST API", event filters. Values are compared as texts, by the four inequalities as numbers; a list counts by its elements; of several values one must
/// match, for a negative operator none may; what is missing is the text <c>(none)</c>.
/// </remarks>
static class PropertyConditions
{
    const string Missing = "(none)";

    /// <summary>The element that the condition is at; conditions do not nest.</summary>
    static readonly Expression Element = new Expression.Variable(0);

    /// <exception cref="AmplitudeQueryException">The operator is unknown, or a value is none it can take.</exception>
    public static Expression Of(Expression property, string @operator, IReadOnlyList<string> values)
    {
        if (values.Count == 0) throw new AmplitudeQueryException($"Invalid filter: {@operator} needs a value");
        return @operator switch
        {
            "is" => AnyElement(property, IsOneOf(values)),
            "is not" => Not(AnyElement(property, IsOneOf(values))),
            "contains" => AnyElement(property, AnyOf(values, Contains)),
            "does not contain" => Not(AnyElement(property, AnyOf(values, Contains))),
            "less" => AnyElement(property, AnyOf(values, value => Compare(BinaryOperator.Less, value))),
            "less or equal" => AnyElement(property, AnyOf(values, value => Compare(BinaryOperator.LessOrEqual, value))),
            "greater" => AnyElement(property, AnyOf(values, value => Compare(BinaryOperator.Greater, value))),
            "greater or equal" => AnyElement(property, AnyOf(values, value => Compare(BinaryOperator.GreaterOrEqual, value))),
            "set is" => SameSet(property, values),
            "set is not" => Not(SameSet(property, values)),
            "set contains" => values.Select(value => AnyElement(property, IsOneOf([value]))).Aggregate<Expression>(And),
            "set does not contain" => Not(values.Select(value => AnyElement(property, IsOneOf([value]))).Aggregate<Expression>(And)),
            "starts with" or "has prefix" => AnyElement(property, AnyOf(values, value => Holds(Function.StartsWith, value))),
            "glob match" => AnyElement(property, AnyOf(values, value => Holds(Function.Glob, value))),
            "glob does not match" => Not(AnyElement(property, AnyOf(values, value => Holds(Function.Glob, value)))),
            _ => throw new AmplitudeQueryException($"Invalid filter operator {@operator}"),
        };
    }

    static Expression.Quantifier AnyElement(Expression property, Expression condition) => new(ForAll: false, 0, property, condition);

    static Expression.Binary IsOneOf(IReadOnlyList<string> values) =>
        new(BinaryOperator.In, AsText(), new Expression.Literal(Value.Of([.. values.Select(Value.Of)])));

    static Expression.Binary Contains(string value) => new(BinaryOperator.In, Text(value), AsText());

    static Expression.Binary Compare(BinaryOperator comparison, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new(comparison, new Expression.Call(Function.Number, [Element]), new Expression.Literal(Value.Of(number)))
            : throw new AmplitudeQueryException($"Invalid filter value {value}: it is no number");

    static Expression.Call Holds(Function function, string value) => new(function, [AsText(), Text(value)]);

    static Expression.Call SameSet(Expression property, IReadOnlyList<string> values) =>
        new(Function.SameSet, [new Expression.Call(Function.List, [property]), new Expression.Literal(Value.Of([.. values.Select(Value.Of)]))]);

    static Expression AnyOf(IReadOnlyList<string> values, Func<string, Expression> condition) =>
        values.Select(condition).Aggregate((left, right) => new Expression.Binary(BinaryOperator.Or, left, right));

    static Expression.Binary And(Expression left, Expression right) => new(BinaryOperator.And, left, right);

    static Expression.Unary Not(Expression condition) => new(UnaryOperator.Not, condition);

    static Expression.Call AsText() => new(Function.String, [Element, Text(Missing)]);

    static Expression.Literal Text(string value) => new(Value.Of(value));
}
