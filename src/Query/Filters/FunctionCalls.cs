using System.Globalization;

namespace Cairn.Query.Filters;

/// <summary>What each function makes of its arguments.</summary>
/// <remarks>Table: docs/semantics/expressions.md, "Functions". Source: Mixpanel docs, "Segmentation Expressions", "Custom Properties".</remarks>
static class FunctionCalls
{
    /// <param name="arguments">As many as the parser let through.</param>
    public static Value Apply(Function function, ReadOnlySpan<Value> arguments)
    {
        var first = arguments[0];
        return function switch
        {
            Function.Defined => Value.Of(!first.IsMissing),
            Function.String => OrDefault(first.Kind is ValueKind.Undefined or ValueKind.Null ? first : Value.Of(ValueText.Of(first)), arguments),
            Function.Number => OrDefault(Number(first), arguments),
            Function.Boolean => first.Kind == ValueKind.Undefined && arguments.Length > 1 ? arguments[1] : Value.Of(Boolean(first)),
            Function.DateTime => Moments.TryRead(first, out var unixMs) ? Value.Moment(unixMs) : Value.Undefined,
            Function.Floor => Rounded(first, Math.Floor),
            Function.Ceil => Rounded(first, Math.Ceiling),
            Function.Round => Rounded(first, number => Math.Round(number, MidpointRounding.AwayFromZero)),
            Function.List => first.Kind == ValueKind.List ? first : first.IsMissing ? Value.Undefined : Value.Of([first]),
            Function.Len => Length(first),
            Function.If => first.IsTrue ? arguments[1] : arguments[2],
            Function.Min => Pick(first, arguments[1], Math.Min),
            Function.Max => Pick(first, arguments[1], Math.Max),
            Function.Upper => first.Kind == ValueKind.Text ? Value.Of(first.Text.ToUpperInvariant()) : Value.Undefined,
            Function.Lower => first.Kind == ValueKind.Text ? Value.Of(first.Text.ToLowerInvariant()) : Value.Undefined,
            Function.HasPrefix => OfTexts(first, arguments[1], (text, part) => text.StartsWith(part, StringComparison.OrdinalIgnoreCase)),
            Function.HasSuffix => OfTexts(first, arguments[1], (text, part) => text.EndsWith(part, StringComparison.OrdinalIgnoreCase)),
            Function.StartsWith => OfTexts(first, arguments[1], (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
            Function.Glob => OfTexts(first, arguments[1], Globs.Matches),
            Function.SameSet => SameSet(first, arguments[1]),
        };
    }

    static Value OrDefault(Value value, ReadOnlySpan<Value> arguments) =>
        value.Kind == ValueKind.Undefined && arguments.Length > 1 ? arguments[1] : value;

    static Value Number(Value value) => value.Kind switch
    {
        ValueKind.Number => value,
        ValueKind.Boolean => Value.Of(value.Boolean ? 1.0 : 0.0),
        ValueKind.DateTime => Value.Of(value.UnixMs / 1000.0),
        ValueKind.Text when double.TryParse(value.Text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out var number) => Value.Of(number),
        ValueKind.Text or ValueKind.Undefined or ValueKind.Null or ValueKind.List or ValueKind.Object => Value.Undefined,
    };

    static bool Boolean(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => false,
        ValueKind.Boolean => value.Boolean,
        ValueKind.Number => value.Number != 0,
        ValueKind.Text => value.Text is not ("" or "false"),
        ValueKind.DateTime or ValueKind.List or ValueKind.Object => true,
    };

    static Value Rounded(Value value, Func<double, double> round) => value.Kind == ValueKind.Number ? Value.Of(round(value.Number)) : Value.Undefined;

    static Value Length(Value value) => value.Kind switch
    {
        ValueKind.Text => Value.Of((double)value.Text.Length),
        ValueKind.List => Value.Of((double)value.Items.Count),
        ValueKind.Undefined or ValueKind.Null or ValueKind.Boolean or ValueKind.Number or ValueKind.DateTime or ValueKind.Object => Value.Undefined,
    };

    static Value Pick(Value left, Value right, Func<double, double, double> pick) =>
        left.Kind == ValueKind.Number && right.Kind == ValueKind.Number ? Value.Of(pick(left.Number, right.Number)) : Value.Undefined;

    static Value OfTexts(Value text, Value part, Func<string, string, bool> holds) =>
        text.Kind == ValueKind.Text && part.Kind == ValueKind.Text ? Value.Of(holds(text.Text, part.Text)) : Value.Undefined;

    static Value SameSet(Value left, Value right)
    {
        if (left.Kind != ValueKind.List || right.Kind != ValueKind.List) return Value.Undefined;
        return Value.Of(left.Items.ToHashSet().SetEquals(right.Items));
    }
}
