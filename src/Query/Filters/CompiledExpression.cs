namespace Cairn.Query.Filters;

/// <summary>An expression made ready to be asked often: its properties are numbered inputs.</summary>
/// <remarks>Immutable; may be asked from several threads at once.</remarks>
public sealed class CompiledExpression
{
    readonly Evaluation evaluation;
    readonly int variableCount;

    internal CompiledExpression(Evaluation evaluation, IReadOnlyList<PropertyReference> inputs, int variableCount, bool isProperty) =>
        (this.evaluation, Inputs, this.variableCount, IsProperty) = (evaluation, inputs, variableCount, isProperty);

    /// <summary>The properties it reads, each once.</summary>
    public IReadOnlyList<PropertyReference> Inputs { get; }

    /// <summary>Whether it is one property and nothing else: its value is its input's.</summary>
    public bool IsProperty { get; }

    /// <summary>The expression's value for one row.</summary>
    /// <param name="inputs">The values of <see cref="Inputs"/>, in their order.</param>
    /// <exception cref="ExpressionException">An operand of <c>and</c> or <c>or</c> is neither boolean nor missing.</exception>
    public Value Evaluate(ReadOnlySpan<Value> inputs) => evaluation(inputs, variableCount == 0 ? [] : new Value[variableCount]);

    public static CompiledExpression Compile(Expression expression) => new ExpressionCompiler().Compile(expression);
}

/// <param name="variables">Elements that enclosing quantifiers are at, by depth.</param>
delegate Value Evaluation(ReadOnlySpan<Value> inputs, Value[] variables);
