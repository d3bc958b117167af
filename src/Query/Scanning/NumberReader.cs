using Cairn.Query.Filters;

namespace Cairn.Query.Scanning;

/// <summary>The number that an expression comes to at each row; NaN where it comes to none.</summary>
/// <remarks>One worker's own.</remarks>
sealed class NumberReader(CompiledExpression expression)
{
    readonly ValueMemo<double> memo = new(expression, value => value.Kind == ValueKind.Number ? value.Number : double.NaN);

    public void Read(PartColumns part, ReadOnlySpan<int> rows, Span<double> results)
    {
        if (!expression.IsProperty || part[expression.Inputs[0]].Numbers is not { IsEmpty: false } numbers)
        {
            memo.Evaluate(part, rows, results);
            return;
        }
        for (var i = 0; i < rows.Length; i++) results[i] = numbers[rows[i]];
    }
}
