namespace Cairn.Query.Filters;

/// <summary>What kind of value an expression gives, where its form alone says so.</summary>
static class StaticKinds
{
    /// <summary>The kind it has unless it is undefined; null where only the rows can tell.</summary>
    public static ValueKind? Of(Expression expression) => expression switch
    {
        Expression.Literal literal => literal.Value.Kind,
        Expression.Unary { Operator: UnaryOperator.Not } => ValueKind.Boolean,
        Expression.Unary => ValueKind.Number,
        Expression.Binary binary => Of(binary),
        Expression.ListOf => ValueKind.List,
        Expression.Quantifier => ValueKind.Boolean,
        Expression.Call call => Of(call),
        _ => null,
    };

    static ValueKind? Of(Expression.Binary binary) => binary.Operator switch
    {
        BinaryOperator.Add => Of(binary.Left) is { } left && left == Of(binary.Right) ? left : null,
        BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Remainder => ValueKind.Number,
        BinaryOperator.Or or BinaryOperator.And or BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Greater
            or BinaryOperator.GreaterOrEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.In or BinaryOperator.NotIn => ValueKind.Boolean,
    };

    static ValueKind? Of(Expression.Call call) => call.Function switch
    {
        Function.String when call.Arguments.Count == 1 => ValueKind.Text,
        Function.Number when call.Arguments.Count == 1 => ValueKind.Number,
        Function.Boolean when call.Arguments.Count == 1 => ValueKind.Boolean,
        Function.Defined or Function.HasPrefix or Function.HasSuffix or Function.StartsWith or Function.Glob or Function.SameSet => ValueKind.Boolean,
        Function.DateTime => ValueKind.DateTime,
        Function.Floor or Function.Ceil or Function.Round or Function.Len or Function.Min or Function.Max => ValueKind.Number,
        Function.Upper or Function.Lower => ValueKind.Text,
        Function.List => ValueKind.List,
        Function.If or Function.String or Function.Number or Function.Boolean => null,
    };
}
