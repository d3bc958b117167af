namespace Cairn.Query.Filters;

/// <summary>What each operator makes of two values; a result that makes no sense is undefined.</summary>
/// <remarks>Table of operands and results: docs/semantics/expressions.md, "Operators".</remarks>
static class Operators
{
    public static Value Negate(Value operand) => operand.Kind == ValueKind.Number ? Value.Of(-operand.Number) : Value.Undefined;

    /// <summary>The opposite of a boolean; what is missing is not true, so its opposite is.</summary>
    public static Value Not(Value operand) => operand.IsMissing ? Value.True
        : operand.Kind == ValueKind.Boolean ? Value.Of(!operand.Boolean)
        : Value.Undefined;

    public static Value Add(Value left, Value right) => (left.Kind, right.Kind) switch
    {
        (ValueKind.Number, ValueKind.Number) => Value.Of(left.Number + right.Number),
        (ValueKind.Text, ValueKind.Text) => Value.Of(left.Text + right.Text),
        _ => Value.Undefined,
    };

    /// <summary>Arithmetic of two numbers; a division by nothing is undefined, a remainder has the dividend's sign.</summary>
    public static Value Arithmetic(BinaryOperator @operator, Value left, Value right)
    {
        if (left.Kind != ValueKind.Number || right.Kind != ValueKind.Number) return Value.Undefined;
        return @operator switch
        {
            BinaryOperator.Subtract => Value.Of(left.Number - right.Number),
            BinaryOperator.Multiply => Value.Of(left.Number * right.Number),
            BinaryOperator.Divide => right.Number == 0 ? Value.Undefined : Value.Of(left.Number / right.Number),
            BinaryOperator.Remainder => right.Number == 0 ? Value.Undefined : Value.Of(left.Number % right.Number),
            _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, "no arithmetic"),
        };
    }

    /// <summary>Order of two numbers, or of two moments; a text or a number beside a moment is read as one.</summary>
    public static Value Compare(BinaryOperator @operator, Value left, Value right)
    {
        int order;
        if (left.Kind == ValueKind.Number && right.Kind == ValueKind.Number) order = left.Number.CompareTo(right.Number);
        else if (left.Kind == ValueKind.DateTime || right.Kind == ValueKind.DateTime)
        {
            if (!Moments.TryRead(left, out var leftMs) || !Moments.TryRead(right, out var rightMs)) return Value.Undefined;
            order = leftMs.CompareTo(rightMs);
        }
        else return Value.Undefined;
        return Value.Of(@operator switch
        {
            BinaryOperator.Greater => order > 0,
            BinaryOperator.GreaterOrEqual => order >= 0,
            BinaryOperator.Less => order < 0,
            BinaryOperator.LessOrEqual => order <= 0,
            _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, "no comparison"),
        });
    }

    /// <summary>A text within a text, or a value among a list's elements.</summary>
    public static Value In(Value needle, Value haystack) => haystack.Kind switch
    {
        ValueKind.Text when needle.Kind == ValueKind.Text => Value.Of(haystack.Text.Contains(needle.Text, StringComparison.Ordinal)),
        ValueKind.List when needle.Kind is not (ValueKind.List or ValueKind.Object) => Value.Of(Contains(haystack.Items, needle)),
        _ => Value.Undefined,
    };

    static bool Contains(IReadOnlyList<Value> items, Value needle)
    {
        for (var i = 0; i < items.Count; i++)
            if (items[i].Equals(needle)) return true;
        return false;
    }

    /// <summary>A member of an object, an element of a list; undefined where there is none.</summary>
    public static Value Index(Value target, Value key) => (target.Kind, key.Kind) switch
    {
        (ValueKind.Object, ValueKind.Text) => target.Members.TryGetValue(key.Text, out var member) ? member : Value.Undefined,
        (ValueKind.List, ValueKind.Number) when key.Number >= 0 && key.Number < target.Items.Count => target.Items[(int)key.Number],
        _ => Value.Undefined,
    };
}
