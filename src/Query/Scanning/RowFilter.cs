using Cairn.Query.Filters;

namespace Cairn.Query.Scanning;

/// <summary>
/// A condition over rows. Its <c>and</c>, <c>or</c> and <c>not</c> are taken apart into conditions that read one property each, so that
/// those are judged once per dictionary entry.
/// </summary>
abstract class RowFilter
{
    /// <summary>What a condition can come to; only <see cref="True"/> lets a row through.</summary>
    protected enum Truth : byte { False, True, Missing, Other }

    /// <summary>One worker's own filter.</summary>
    /// <exception cref="ExpressionException">Its form shows that an operand is no condition.</exception>
    public static RowFilter Of(Expression expression)
    {
        // Compiled whole and once, only to be refused where it must be: each part on its own may hide that.
        CompiledExpression.Compile(expression);
        return Apart(expression);
    }

    static RowFilter Apart(Expression expression) => expression switch
    {
        Expression.Binary { Operator: BinaryOperator.And or BinaryOperator.Or } binary when PropertyReads.AreSeveral(binary) => new Joined(binary),
        Expression.Unary { Operator: UnaryOperator.Not } not when PropertyReads.AreSeveral(not) => new Negated(Apart(not.Operand)),
        _ => new Leaf(expression),
    };

    /// <summary>The rows for which the condition is true, in the same order.</summary>
    /// <returns>How many there are; they stand at the front of <paramref name="rows"/>.</returns>
    public int Keep(PartColumns part, Span<int> rows)
    {
        part.Turn?.Pause();
        var truths = new Truth[rows.Length];
        Judge(part, rows, truths);
        var kept = 0;
        for (var i = 0; i < rows.Length; i++)
            if (truths[i] == Truth.True) rows[kept++] = rows[i];
        return kept;
    }

    protected abstract void Judge(PartColumns part, ReadOnlySpan<int> rows, Span<Truth> truths);

    sealed class Leaf(Expression expression) : RowFilter
    {
        readonly ValueMemo<Truth> memo = new(CompiledExpression.Compile(expression), value => value.Kind switch
        {
            ValueKind.Boolean => value.Boolean ? Truth.True : Truth.False,
            ValueKind.Undefined or ValueKind.Null => Truth.Missing,
            ValueKind.Number or ValueKind.Text or ValueKind.DateTime or ValueKind.List or ValueKind.Object => Truth.Other,
        });

        protected override void Judge(PartColumns part, ReadOnlySpan<int> rows, Span<Truth> truths) => memo.Evaluate(part, rows, truths);
    }

    sealed class Negated(RowFilter operand) : RowFilter
    {
        protected override void Judge(PartColumns part, ReadOnlySpan<int> rows, Span<Truth> truths)
        {
            operand.Judge(part, rows, truths);
            foreach (ref var truth in truths)
                truth = truth switch { Truth.True => Truth.False, Truth.False or Truth.Missing => Truth.True, Truth.Other => Truth.Missing };
        }
    }

    sealed class Joined : RowFilter
    {
        readonly RowFilter left, right;
        readonly bool isAnd;
        readonly int leftAt, rightAt;

        public Joined(Expression.Binary binary)
        {
            (left, right) = (Apart(binary.Left), Apart(binary.Right));
            (isAnd, leftAt, rightAt) = (binary.Operator == BinaryOperator.And, binary.Left.Position, binary.Right.Position);
        }

        protected override void Judge(PartColumns part, ReadOnlySpan<int> rows, Span<Truth> truths)
        {
            var rights = new Truth[rows.Length];
            left.Judge(part, rows, truths);
            right.Judge(part, rows, rights);
            for (var i = 0; i < truths.Length; i++)
            {
                if (truths[i] == Truth.Other) throw NotBoolean(leftAt);
                if (rights[i] == Truth.Other) throw NotBoolean(rightAt);
                var holds = isAnd ? truths[i] == Truth.True && rights[i] == Truth.True : truths[i] == Truth.True || rights[i] == Truth.True;
                truths[i] = holds ? Truth.True : Truth.False;
            }
        }

        ExpressionException NotBoolean(int position) => new($"\"{(isAnd ? "and" : "or")}\" needs true or false, found a value that is neither", position);
    }
}
