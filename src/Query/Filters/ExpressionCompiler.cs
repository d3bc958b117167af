namespace Cairn.Query.Filters;

/// <summary>Makes one function out of an expression's tree, and numbers the properties it reads.</summary>
sealed class ExpressionCompiler
{
    /// <summary>
    /// Operators of one expression, whichever language it came from: compiling and evaluating go as deep as a chain of them is long. Twice what a text may have
    /// (<see cref="ExpressionParser.MaxOperators"/>), for a translated filter has two for each of its values.
    /// </summary>
    public const int MaxOperators = 2 * ExpressionParser.MaxOperators;

    readonly List<PropertyReference> inputs = [];
    readonly Dictionary<PropertyReference, int> slots = [];
    int variableCount, operatorCount;

    public CompiledExpression Compile(Expression expression) => new(Build(expression), inputs, variableCount, expression is Expression.Property);

    Evaluation Build(Expression expression)
    {
        if (expression is Expression.Binary or Expression.Unary or Expression.Index && ++operatorCount > MaxOperators)
            throw new ExpressionException($"more than {MaxOperators} operators", expression.Position);
        switch (expression)
        {
            case Expression.Literal literal:
                var value = literal.Value;
                return (_, _) => value;
            case Expression.Property property:
                var slot = SlotOf(property.Reference);
                return (values, _) => values[slot];
            case Expression.Variable variable:
                var depth = variable.Depth;
                return (_, variables) => variables[depth];
            case Expression.Unary unary:
                var operand = Build(unary.Operand);
                return unary.Operator == UnaryOperator.Not
                    ? (values, variables) => Operators.Not(operand(values, variables))
                    : (values, variables) => Operators.Negate(operand(values, variables));
            case Expression.Binary { Operator: BinaryOperator.And or BinaryOperator.Or } binary:
                return Logical(binary);
            case Expression.Binary binary:
                return Binary(binary);
            case Expression.Index index:
                var target = Build(index.Target);
                var key = index.Key;
                return (values, variables) => Operators.Index(target(values, variables), key);
            case Expression.ListOf list:
                return ListOf(list);
            case Expression.Call call:
                return Call(call);
            case Expression.Cut cut:
                var (of, by) = (Build(cut.Of), cut.By);
                return (values, variables) => by.Of(of(values, variables));
            case Expression.Quantifier quantifier:
                return Quantified(quantifier);
            default:
                throw new ArgumentOutOfRangeException(nameof(expression), expression, "an expression of a kind that is not compiled");
        }
    }

    int SlotOf(PropertyReference reference)
    {
        if (slots.TryGetValue(reference, out var slot)) return slot;
        slots.Add(reference, inputs.Count);
        inputs.Add(reference);
        return inputs.Count - 1;
    }

    Evaluation Logical(Expression.Binary binary)
    {
        RequireBoolean(binary.Left, binary.Operator);
        RequireBoolean(binary.Right, binary.Operator);
        var (left, right) = (Build(binary.Left), Build(binary.Right));
        var (leftAt, rightAt, @operator) = (binary.Left.Position, binary.Right.Position, binary.Operator);
        // Both sides are always judged, so that a wrong type is an error whatever the other side says.
        return @operator == BinaryOperator.And
            ? (values, variables) => Value.Of(Truth(left(values, variables), @operator, leftAt) & Truth(right(values, variables), @operator, rightAt))
            : (values, variables) => Value.Of(Truth(left(values, variables), @operator, leftAt) | Truth(right(values, variables), @operator, rightAt));
    }

    /// <summary>Refuses, before any row is read, an operand that can only be a number or a text.</summary>
    static void RequireBoolean(Expression operand, BinaryOperator @operator)
    {
        var kind = StaticKinds.Of(operand);
        if (kind is { } known and not (ValueKind.Boolean or ValueKind.Undefined or ValueKind.Null)) throw NotBoolean(known, @operator, operand.Position);
    }

    static bool Truth(Value value, BinaryOperator @operator, int position) => value.Kind switch
    {
        ValueKind.Boolean => value.Boolean,
        ValueKind.Undefined or ValueKind.Null => false,
        ValueKind.Number or ValueKind.Text or ValueKind.DateTime or ValueKind.List or ValueKind.Object => throw NotBoolean(value.Kind, @operator, position),
    };

    static ExpressionException NotBoolean(ValueKind kind, BinaryOperator @operator, int position) =>
        new($"\"{(@operator == BinaryOperator.And ? "and" : "or")}\" needs true or false, found a {kind.ToString().ToLowerInvariant()}", position);

    Evaluation Binary(Expression.Binary binary)
    {
        var (left, right, @operator) = (Build(binary.Left), Build(binary.Right), binary.Operator);
        return @operator switch
        {
            BinaryOperator.Equal => (values, variables) => Value.Of(left(values, variables).Equals(right(values, variables))),
            BinaryOperator.NotEqual => (values, variables) => Value.Of(!left(values, variables).Equals(right(values, variables))),
            BinaryOperator.In => (values, variables) => Operators.In(left(values, variables), right(values, variables)),
            BinaryOperator.NotIn => (values, variables) => Operators.Not(Operators.In(left(values, variables), right(values, variables))),
            BinaryOperator.Add => (values, variables) => Operators.Add(left(values, variables), right(values, variables)),
            BinaryOperator.Greater or BinaryOperator.GreaterOrEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual =>
                (values, variables) => Operators.Compare(@operator, left(values, variables), right(values, variables)),
            BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Remainder =>
                (values, variables) => Operators.Arithmetic(@operator, left(values, variables), right(values, variables)),
            BinaryOperator.And or BinaryOperator.Or => Logical(binary),
        };
    }

    Evaluation ListOf(Expression.ListOf list)
    {
        if (list.Items.All(item => item is Expression.Literal))
        {
            var whole = Value.Of(list.Items.Select(item => ((Expression.Literal)item).Value).ToArray());
            return (_, _) => whole;
        }
        var items = list.Items.Select(Build).ToArray();
        return (values, variables) =>
        {
            var built = new Value[items.Length];
            for (var i = 0; i < items.Length; i++) built[i] = items[i](values, variables);
            return Value.Of(built);
        };
    }

    Evaluation Call(Expression.Call call)
    {
        var function = call.Function;
        var arguments = call.Arguments.Select(Build).ToArray();
        if (arguments.Length == 1)
        {
            var only = arguments[0];
            return (values, variables) => FunctionCalls.Apply(function, [only(values, variables)]);
        }
        return (values, variables) =>
        {
            var given = new Value[arguments.Length];
            for (var i = 0; i < arguments.Length; i++) given[i] = arguments[i](values, variables);
            return FunctionCalls.Apply(function, given);
        };
    }

    Evaluation Quantified(Expression.Quantifier quantifier)
    {
        var (over, condition, depth, forAll) = (Build(quantifier.Over), Build(quantifier.Condition), quantifier.Depth, quantifier.ForAll);
        variableCount = Math.Max(variableCount, depth + 1);
        return (values, variables) =>
        {
            var list = over(values, variables);
            IReadOnlyList<Value> items = list.Kind == ValueKind.List ? list.Items : [list];
            for (var i = 0; i < items.Count; i++)
            {
                variables[depth] = items[i];
                if (condition(values, variables).IsTrue != forAll) return Value.Of(!forAll);
            }
            return Value.Of(forAll);
        };
    }
}
