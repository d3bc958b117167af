using Cairn.Query.Filters;

namespace Cairn.Query.ClickHouse;

/// <summary>Puts an expression into SQL so that every row comes to the value that <see cref="CompiledExpression"/> gives; refuses by name what can't be.</summary>
/// <param name="property">A property at a row.</param>
sealed class ExpressedExpression(Func<PropertyReference, ExpressedValue> property)
{
    /// <exception cref="NotExpressedException">It has no exact form.</exception>
    public ExpressedValue Of(Expression expression)
    {
        // Compiled only to be refused where it must be, as the built-in engine does; and whatever reads no row is a value already.
        var compiled = CompiledExpression.Compile(expression);
        if (compiled.Inputs.Count == 0 && expression is not Expression.Variable) return ExpressedValue.Of(compiled.Evaluate([]));
        return expression switch
        {
            Expression.Property read => property(read.Reference),
            Expression.Unary unary => unary.Operator == UnaryOperator.Not ? Not(Of(unary.Operand)) : Negated(Of(unary.Operand)),
            Expression.Binary binary => Binary(binary),
            Expression.Call call => Call(call),
            Expression.Index or Expression.ListOf or Expression.Quantifier or Expression.Variable => throw new NotExpressedException("the elements of lists and members of objects"),
            Expression.Cut => throw new NotExpressedException("ranges of numbers and dates"),
            _ => throw new NotExpressedException($"an expression such as {expression.GetType().Name}"),
        };
    }

    ExpressedValue Binary(Expression.Binary binary)
    {
        if (binary.Operator is BinaryOperator.In or BinaryOperator.NotIn && IsList(binary.Right, out var items))
        {
            var among = Among(Of(binary.Left), items);
            return binary.Operator == BinaryOperator.In ? among : Not(among);
        }
        var (left, right) = (Of(binary.Left), Of(binary.Right));
        return binary.Operator switch
        {
            BinaryOperator.And => ExpressedValue.Claim(Sql.Of($"({Truth(left)} and {Truth(right)})")),
            BinaryOperator.Or => ExpressedValue.Claim(Sql.Of($"({Truth(left)} or {Truth(right)})")),
            BinaryOperator.Equal => ExpressedValue.Claim(AreEqual(left, right)),
            BinaryOperator.NotEqual => ExpressedValue.Claim(Sql.Of($"not {AreEqual(left, right)}")),
            BinaryOperator.Greater => Compared(left, right, Sql.Of($">")),
            BinaryOperator.GreaterOrEqual => Compared(left, right, Sql.Of($">=")),
            BinaryOperator.Less => Compared(left, right, Sql.Of($"<")),
            BinaryOperator.LessOrEqual => Compared(left, right, Sql.Of($"<=")),
            BinaryOperator.In => Within(left, right),
            BinaryOperator.NotIn => Not(Within(left, right)),
            BinaryOperator.Add => new()
            {
                Number = left.Number is { } a && right.Number is { } b ? Finite(Sql.Of($"({a} + {b})")) : null,
                Text = left.Text is { } first && right.Text is { } second ? Sql.Of($"concat({first}, {second})") : null,
            },
            BinaryOperator.Subtract => Arithmetic(left, right, (a, b) => Finite(Sql.Of($"({a} - {b})"))),
            BinaryOperator.Multiply => Arithmetic(left, right, (a, b) => Finite(Sql.Of($"({a} * {b})"))),
            BinaryOperator.Divide => Arithmetic(left, right, (a, b) => Finite(Sql.Of($"({a} / {b})"))),
            BinaryOperator.Remainder => Arithmetic(left, right, (a, b) => Finite(Sql.Of($"if({b} = 0, NULL, {a} % {b})"))),
        };
    }

    static bool IsList(Expression expression, out IReadOnlyList<Value> items)
    {
        items = [];
        var compiled = CompiledExpression.Compile(expression);
        if (compiled.Inputs.Count > 0 || expression is Expression.Variable || compiled.Evaluate([]) is not { Kind: ValueKind.List } list) return false;
        items = list.Items;
        return true;
    }

    static ExpressedValue Among(ExpressedValue needle, IReadOnlyList<Value> items)
    {
        if (!needle.IsPlain) throw new NotExpressedException("a list or an object");
        var texts = items.Where(item => item.Kind == ValueKind.Text).Select(item => item.Text).Distinct().ToArray();
        var pieces = items.Where(item => item.Kind != ValueKind.Text).Select(item => AreEqual(needle, Plain(item))).ToList();
        if (texts.Length > 0 && needle.Text is not null) pieces.Add(Sql.Of($"ifNull(has({texts}, {needle.Text}), 0)"));
        // A moment equals the text that stands for it.
        if (needle.Moment is not null) pieces.AddRange(texts.Select(text => AreEqual(needle, ExpressedValue.Of(Value.Of(text)))));
        return ExpressedValue.Claim(pieces.Count == 0 ? Sql.Of($"0") : Sql.Of($"({Sql.Join(" or ", pieces)})"));
    }

    static ExpressedValue Plain(Value item) => item.Kind is ValueKind.List or ValueKind.Object ? throw new NotExpressedException("a list or an object") : ExpressedValue.Of(item);

    /// <summary>A text within a text.</summary>
    static ExpressedValue Within(ExpressedValue needle, ExpressedValue haystack) =>
        needle.Text is { } part && haystack.Text is { } text ? new() { Flag = Sql.Of($"(position({text}, {part}) > 0)") } : ExpressedValue.Missing;

    /// <summary>The language's <c>==</c>: never missing.</summary>
    static Sql AreEqual(ExpressedValue left, ExpressedValue right)
    {
        if (!left.IsPlain || !right.IsPlain) throw new NotExpressedException("a list or an object");
        var cases = new List<Sql>();
        void Add(Sql? one, Sql? other)
        {
            if (one is not null && other is not null) cases.Add(Sql.Of($"ifNull({one} = {other}, 0)"));
        }
        Add(left.Text, right.Text);
        Add(left.Number, right.Number);
        Add(left.Flag, right.Flag);
        if (left.Moment is not null || right.Moment is not null)
        {
            Add(left.Moment, MomentOf(right, left.Moment is not null));
            if (left.Moment is null) Add(MomentOf(left, true), right.Moment);
        }
        cases.Add(Sql.Of($"(not {left.IsThere} and not {right.IsThere})"));
        return Sql.Of($"({Sql.Join(" or ", cases)})");
    }

    static ExpressedValue Compared(ExpressedValue left, ExpressedValue right, Sql sign)
    {
        var cases = new List<Sql>();
        if (left.Number is not null && right.Number is not null) cases.Add(Sql.Of($"({left.Number} {sign} {right.Number})"));
        if (left.Moment is not null || right.Moment is not null)
        {
            if (MomentOf(left, right.Moment is not null) is { } one && MomentOf(right, left.Moment is not null) is { } other) cases.Add(Sql.Of($"({one} {sign} {other})"));
        }
        return cases.Count switch { 0 => ExpressedValue.Missing, 1 => new() { Flag = cases[0] }, _ => new() { Flag = Sql.Of($"coalesce({Sql.Join(", ", cases)})") } };
    }

    /// <summary>A value beside a moment, read as one; null where it never is one.</summary>
    /// <param name="isBesideMoment">Whether the other side is a moment at some row.</param>
    static Sql? MomentOf(ExpressedValue value, bool isBesideMoment)
    {
        if (value.Literal is { } literal) return Moments.TryRead(literal, out var ms) ? Sql.Of($"{ms}") : null;
        if (isBesideMoment && value.Moment is null && (value.Text is not null || value.Number is not null)) throw new NotExpressedException("a property that is read as a moment");
        return value.Moment;
    }

    static ExpressedValue Negated(ExpressedValue value) => value.Number is { } number ? new() { Number = Sql.Of($"(-{number})") } : ExpressedValue.Missing;

    /// <summary>The opposite; what is missing is not true, so its opposite is.</summary>
    static ExpressedValue Not(ExpressedValue value)
    {
        if (!value.IsPlain) return ExpressedValue.Missing;
        var opposite = value.Flag is { } flag ? Sql.Of($"not {flag}") : Sql.Of($"CAST(NULL, 'Nullable(UInt8)')");
        return new() { Flag = Sql.Of($"if({value.IsThere}, {opposite}, 1)") };
    }

    /// <summary>An operand of <c>and</c> and <c>or</c>. One that may be a number or a text is an error at those rows alone that the built-in engine looks at.</summary>
    static Sql Truth(ExpressedValue value) =>
        value.Text is null && value.Number is null && value.Moment is null && value.IsPlain ? value.IsTrue : throw new NotExpressedException("\"and\" and \"or\" of what may be a number or a text");

    static ExpressedValue Arithmetic(ExpressedValue left, ExpressedValue right, Func<Sql, Sql, Sql> result) =>
        left.Number is { } a && right.Number is { } b ? new() { Number = result(a, b) } : ExpressedValue.Missing;

    /// <summary>A number past a double's range, and a division by nothing, are missing.</summary>
    static Sql Finite(Sql number) => Sql.Of($"if(ifNull(isFinite({number}), 0), {number}, NULL)");

    ExpressedValue Call(Expression.Call call)
    {
        var arguments = call.Arguments.Select(Of).ToArray();
        if (arguments.Any(argument => !argument.IsPlain)) throw new NotExpressedException("a list or an object");
        var first = arguments[0];
        return call.Function switch
        {
            Function.Defined => ExpressedValue.Claim(first.IsThere),
            Function.String => OrElse(new() { Text = first.KeyText }, first, arguments),
            Function.Number when first.Text is null && first.Moment is null => OrElse(new() { Number = NumberOf(first) }, first, arguments),
            Function.Boolean when arguments.Length == 1 && first.Moment is null => ExpressedValue.Claim(BooleanOf(first)),
            Function.DateTime when first.Text is null && first.Number is null => new() { Moment = first.Moment },
            Function.Floor => Rounded(first, number => Sql.Of($"floor({number})")),
            Function.Ceil => Rounded(first, number => Sql.Of($"ceil({number})")),
            // Halves go away from zero.
            Function.Round => Rounded(first, number => Sql.Of($"(sign({number}) * (floor(abs({number})) + if(abs({number}) - floor(abs({number})) >= 0.5, 1, 0)))")),
            Function.If => Either(first.IsTrue, arguments[1], arguments[2]),
            Function.Min => Arithmetic(first, arguments[1], (a, b) => Sql.Of($"if({a} <= {b}, {a}, {b})")),
            Function.Max => Arithmetic(first, arguments[1], (a, b) => Sql.Of($"if({a} >= {b}, {a}, {b})")),
            Function.StartsWith => first.Text is { } text && arguments[1].Text is { } start ? new() { Flag = Sql.Of($"startsWith({text}, {start})") } : ExpressedValue.Missing,
            _ => throw new NotExpressedException($"{call.Function.ToString().ToLowerInvariant()}() of this value"),
        };
    }

    /// <summary>The second argument of <c>string()</c> and <c>number()</c>: in the place of what is missing.</summary>
    static ExpressedValue OrElse(ExpressedValue value, ExpressedValue of, ExpressedValue[] arguments) => arguments.Length == 1 ? value : Either(of.IsThere, value, arguments[1]);

    static ExpressedValue Either(Sql condition, ExpressedValue then, ExpressedValue otherwise)
    {
        Sql? Part(Func<ExpressedValue, Sql?> of) => of(then) is null && of(otherwise) is null ? null : Sql.Of($"if({condition}, {of(then) ?? Null}, {of(otherwise) ?? Null})");
        return new() { Text = Part(value => value.Text), Number = Part(value => value.Number), Flag = Part(value => value.Flag), Moment = Part(value => value.Moment) };
    }

    static Sql Null { get; } = Sql.Of($"NULL");

    static Sql NumberOf(ExpressedValue value)
    {
        Sql[] parts = [.. new[] { value.Number, value.Flag is null ? null : Sql.Of($"toFloat64({value.Flag})") }.OfType<Sql>()];
        return parts.Length == 0 ? Sql.Of($"CAST(NULL, 'Nullable(Float64)')") : Sql.Of($"coalesce({Sql.Join(", ", parts)}, CAST(NULL, 'Nullable(Float64)'))");
    }

    static Sql BooleanOf(ExpressedValue value)
    {
        var cases = new List<Sql>();
        if (value.Flag is not null) cases.Add(value.IsTrue);
        if (value.Number is not null) cases.Add(Sql.Of($"ifNull({value.Number} != 0, 0)"));
        if (value.Text is not null) cases.Add(Sql.Of($"ifNull({value.Text} not in ('', 'false'), 0)"));
        return cases.Count == 0 ? Sql.Of($"0") : Sql.Of($"({Sql.Join(" or ", cases)})");
    }

    static ExpressedValue Rounded(ExpressedValue value, Func<Sql, Sql> round) => value.Number is { } number ? new() { Number = round(number) } : ExpressedValue.Missing;
}
