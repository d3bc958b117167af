using System.Diagnostics;

namespace Cairn.Query.Filters;

/// <summary>One value of the expression language: a number, a text, a list, nothing at all.</summary>
/// <remarks>
/// Meaning: docs/semantics/expressions.md. Equality (<see cref="Equals(Value)"/>) is the language's <c>==</c>: values of two types differ, null
/// and undefined are one, a moment equals the text or number that stands for it.
/// </remarks>
public readonly struct Value : IEquatable<Value>
{
    readonly double number;
    readonly object? reference;

    Value(ValueKind kind, double number, object? reference) => (Kind, this.number, this.reference) = (kind, number, reference);

    public ValueKind Kind { get; }

    public static Value Undefined => default;
    public static Value Null { get; } = new(ValueKind.Null, 0, null);
    public static Value True { get; } = new(ValueKind.Boolean, 1, null);
    public static Value False { get; } = new(ValueKind.Boolean, 0, null);

    public static Value Of(bool value) => value ? True : False;

    /// <summary>A number; undefined where it is none (NaN, or past the range of a double).</summary>
    public static Value Of(double value) => double.IsFinite(value) ? new(ValueKind.Number, value, null) : Undefined;

    public static Value Of(string value) => new(ValueKind.Text, 0, value);

    public static Value Of(IReadOnlyList<Value> items) => new(ValueKind.List, 0, items);

    public static Value Of(IReadOnlyDictionary<string, Value> members) => new(ValueKind.Object, 0, members);

    /// <summary>A moment, Unix milliseconds.</summary>
    public static Value Moment(long unixMs) => new(ValueKind.DateTime, unixMs, null);

    /// <summary>Whether there is nothing: undefined or null.</summary>
    public bool IsMissing => Kind <= ValueKind.Null;

    /// <summary>Whether this is exactly the boolean true, which alone lets a row through a filter.</summary>
    public bool IsTrue => Kind == ValueKind.Boolean && number != 0;

    public bool Boolean { get { Debug.Assert(Kind == ValueKind.Boolean); return number != 0; } }

    public double Number { get { Debug.Assert(Kind == ValueKind.Number); return number; } }

    public string Text { get { Debug.Assert(Kind == ValueKind.Text); return (string)reference!; } }

    /// <summary>Unix milliseconds.</summary>
    public long UnixMs { get { Debug.Assert(Kind == ValueKind.DateTime); return (long)number; } }

    public IReadOnlyList<Value> Items { get { Debug.Assert(Kind == ValueKind.List); return (IReadOnlyList<Value>)reference!; } }

    public IReadOnlyDictionary<string, Value> Members { get { Debug.Assert(Kind == ValueKind.Object); return (IReadOnlyDictionary<string, Value>)reference!; } }

    /// <summary>The language's <c>==</c>.</summary>
    public bool Equals(Value other)
    {
        if (IsMissing || other.IsMissing) return IsMissing && other.IsMissing;
        if (Kind != other.Kind)
        {
            if (Kind != ValueKind.DateTime && other.Kind != ValueKind.DateTime) return false;
            return Moments.TryRead(this, out var left) && Moments.TryRead(other, out var right) && left == right;
        }
        return Kind switch
        {
            ValueKind.Text => string.Equals(Text, other.Text, StringComparison.Ordinal),
            ValueKind.List => Items.SequenceEqual(other.Items),
            ValueKind.Object => Members.Count == other.Members.Count
                && Members.All(member => other.Members.TryGetValue(member.Key, out var theirs) && member.Value.Equals(theirs)),
            ValueKind.Undefined or ValueKind.Null or ValueKind.Boolean or ValueKind.Number or ValueKind.DateTime => number == other.number,
        };
    }

    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    public override int GetHashCode() => Kind switch
    {
        ValueKind.Text => Text.GetHashCode(StringComparison.Ordinal),
        ValueKind.List => Items.Count,
        ValueKind.Object => Members.Count,
        ValueKind.Undefined or ValueKind.Null or ValueKind.Boolean or ValueKind.Number or ValueKind.DateTime => number.GetHashCode(),
    };

    public static bool operator ==(Value left, Value right) => left.Equals(right);
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    public override string ToString() => ValueText.Of(this);
}
