namespace Cairn.Query.Filters;

/// <summary>An expression as a tree. Mixpanel's language and Amplitude's filters are both read into it.</summary>
/// <param name="Position">Where it begins in the text it came from, from 1; 1 where it came from no text.</param>
public abstract record Expression(int Position)
{
    /// <summary>A fixed value.</summary>
    public sealed record Literal(Value Value, int Position = 1) : Expression(Position);

    /// <summary>A property of the row at hand.</summary>
    public sealed record Property(PropertyReference Reference, int Position = 1) : Expression(Position);

    /// <summary>The element that an enclosing <see cref="Quantifier"/> is at.</summary>
    /// <param name="Depth">Which one: 0 is the outermost.</param>
    public sealed record Variable(int Depth, int Position = 1) : Expression(Position);

    public sealed record Unary(UnaryOperator Operator, Expression Operand, int Position = 1) : Expression(Position);

    public sealed record Binary(BinaryOperator Operator, Expression Left, Expression Right, int Position = 1) : Expression(Position);

    /// <summary>A member of an object by name, or an element of a list by its number from 0.</summary>
    public sealed record Index(Expression Target, Value Key, int Position = 1) : Expression(Position);

    public sealed record ListOf(IReadOnlyList<Expression> Items, int Position = 1) : Expression(Position);

    public sealed record Call(Function Function, IReadOnlyList<Expression> Arguments, int Position = 1) : Expression(Position);

    /// <summary>What a value belongs to, where values that differ little are one: a range of numbers, a day.</summary>
    public sealed record Cut(Expression Of, ValueCut By, int Position = 1) : Expression(Position);

    /// <summary><c>any(X, list, condition)</c> or <c>all(…)</c>; what is no list counts as a list of itself.</summary>
    /// <param name="Depth">The variable that <paramref name="Condition"/> knows an element by.</param>
    public sealed record Quantifier(bool ForAll, int Depth, Expression Over, Expression Condition, int Position = 1) : Expression(Position);
}

public enum UnaryOperator { Negate, Not }

public enum BinaryOperator
{
    Or, And, Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual, In, NotIn, Add, Subtract, Multiply, Divide, Remainder,
}
