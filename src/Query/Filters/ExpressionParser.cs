namespace Cairn.Query.Filters;

/// <summary>Reads Mixpanel's expression language into a tree.</summary>
/// <remarks>
/// Grammar: docs/semantics/expressions.md. From weakest to strongest: or, and, not, comparisons and in, + -, * / %, unary minus, index.
/// Source: Mixpanel docs, "Segmentation Expressions"; the spellings <c>=</c>, <c>AND</c>, <c>any(…)</c> from scripts that Mixpanel publishes.
/// </remarks>
public sealed partial class ExpressionParser
{
    /// <summary>Characters of one expression; a list of 5,000 ids fits.</summary>
    public const int MaxLength = 128 * 1024;

    /// <summary>Brackets within brackets; keeps the call stack flat whatever is sent.</summary>
    public const int MaxNesting = 100;

    /// <summary>Operators of one expression; a chain of them is as deep as it is long.</summary>
    public const int MaxOperators = 2_000;

    readonly List<Token> tokens;
    readonly List<string> variables = [];
    int at;
    int nesting;
    int operators;

    ExpressionParser(string source) => tokens = Tokenizer.Cut(source);

    /// <summary>Reads a condition or a value.</summary>
    /// <exception cref="ExpressionException">The text is no expression; the message says where.</exception>
    public static Expression Parse(string source)
    {
        if (source.Length > MaxLength) throw new ExpressionException($"longer than {MaxLength} characters", MaxLength + 1);
        var parser = new ExpressionParser(source);
        var expression = parser.Or();
        if (parser.Current.Kind != TokenKind.End) throw parser.Unexpected("an operator or the end");
        return expression;
    }

    /// <summary>Reads what a report is broken down by: an expression, or a property's bare name (<c>$browser</c>).</summary>
    /// <exception cref="ExpressionException">The text is neither.</exception>
    public static Expression ParseBreakdown(string source) =>
        IsBareName(source) ? new Expression.Property(PropertyNames.Resolve("properties", source)) : Parse(source);

    static bool IsBareName(string source) =>
        source.Length > 0 && (char.IsLetter(source[0]) || source[0] is '$' or '_')
        && source.All(c => char.IsLetterOrDigit(c) || c is '$' or '_')
        && source.ToLowerInvariant() is not ("true" or "false" or "null" or "undefined");

    Token Current => tokens[at];

    Token Take() => tokens[at++];

    bool TryTake(string symbol)
    {
        if (!Current.IsSymbol(symbol)) return false;
        at++;
        return true;
    }

    /// <summary>Takes an operator that may be written as a symbol or as a word.</summary>
    bool TryTakeOperator(string name)
    {
        if (!Current.IsSymbol(name) && !Current.IsWord(name)) return false;
        at++;
        return true;
    }

    void Expect(string symbol)
    {
        if (!TryTake(symbol)) throw Unexpected($"\"{symbol}\"");
    }

    ExpressionException Unexpected(string expected) => new($"expected {expected}, found {Current}", Current.Position);

    Expression Or()
    {
        var left = And();
        while (Current.Position is var position && TryTakeOperator("or")) left = Binary(BinaryOperator.Or, left, And(), position);
        return left;
    }

    Expression And()
    {
        var left = Not();
        while (Current.Position is var position && TryTakeOperator("and")) left = Binary(BinaryOperator.And, left, Not(), position);
        return left;
    }

    Expression Not()
    {
        var position = Current.Position;
        if (!TryTakeOperator("not")) return Comparison();
        Deeper();
        var operand = Not();
        nesting--;
        return new Expression.Unary(UnaryOperator.Not, operand, position);
    }

    Expression Comparison()
    {
        var left = Sum();
        var position = Current.Position;
        return TryTakeComparison() is { } comparison ? Binary(comparison, left, Sum(), position) : left;
    }

    BinaryOperator? TryTakeComparison()
    {
        if (TryTake("==")) return BinaryOperator.Equal;
        if (TryTake("!=")) return BinaryOperator.NotEqual;
        if (TryTake(">")) return BinaryOperator.Greater;
        if (TryTake(">=")) return BinaryOperator.GreaterOrEqual;
        if (TryTake("<")) return BinaryOperator.Less;
        if (TryTake("<=")) return BinaryOperator.LessOrEqual;
        if (TryTakeOperator("in")) return BinaryOperator.In;
        if (!Current.IsWord("not") || !tokens[at + 1].IsWord("in")) return null;
        at += 2;
        return BinaryOperator.NotIn;
    }

    Expression Sum()
    {
        var left = Product();
        while (Current.Position is var position)
        {
            if (TryTake("+")) left = Binary(BinaryOperator.Add, left, Product(), position);
            else if (TryTake("-")) left = Binary(BinaryOperator.Subtract, left, Product(), position);
            else break;
        }
        return left;
    }

    Expression Product()
    {
        var left = Sign();
        while (Current.Position is var position)
        {
            if (TryTake("*")) left = Binary(BinaryOperator.Multiply, left, Sign(), position);
            else if (TryTake("/")) left = Binary(BinaryOperator.Divide, left, Sign(), position);
            else if (TryTake("%")) left = Binary(BinaryOperator.Remainder, left, Sign(), position);
            else break;
        }
        return left;
    }

    Expression Sign()
    {
        var position = Current.Position;
        if (!TryTake("-")) return Indexed();
        Deeper();
        var operand = Sign();
        nesting--;
        return operand is Expression.Literal { Value.Kind: ValueKind.Number } literal
            ? new Expression.Literal(Value.Of(-literal.Value.Number), position)
            : new Expression.Unary(UnaryOperator.Negate, operand, position);
    }

    Expression Indexed()
    {
        var target = Primary();
        while (Current.Position is var position && TryTake("["))
        {
            var key = Take();
            if (key.Kind is not (TokenKind.Text or TokenKind.Number)) { at--; throw Unexpected("a text or a whole number"); }
            Expect("]");
            CountOperator(position);
            target = target is Expression.Property { Reference: { Scope: PropertyScope.Group } group } && key.Kind == TokenKind.Text
                // A group's id is a text and has no members: what is asked for is the group's own property.
                ? new Expression.Property(new(PropertyScope.GroupProfile, key.Text, group.Name), target.Position)
                : new Expression.Index(target, key.Kind == TokenKind.Text ? Value.Of(key.Text) : Value.Of(key.Number), position);
        }
        return target;
    }

    Expression.Binary Binary(BinaryOperator @operator, Expression left, Expression right, int position)
    {
        CountOperator(position);
        return new(@operator, left, right, position);
    }

    void CountOperator(int position)
    {
        if (++operators > MaxOperators) throw new ExpressionException($"more than {MaxOperators} operators", position);
    }

    void Deeper()
    {
        if (++nesting > MaxNesting) throw new ExpressionException($"nested more than {MaxNesting} deep", Current.Position);
    }
}
