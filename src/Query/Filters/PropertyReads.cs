namespace Cairn.Query.Filters;

/// <summary>Whether an expression reads one property or several, found without compiling it.</summary>
static class PropertyReads
{
    /// <summary>Whether it reads two properties or more.</summary>
    /// <remarks>It stops at the second one, and looks at right operands first: of a long chain of <c>or</c> it visits the end.</remarks>
    public static bool AreSeveral(Expression expression)
    {
        PropertyReference? first = null;
        return FindsAnother(expression, ref first);
    }

    static bool FindsAnother(Expression expression, ref PropertyReference? first)
    {
        switch (expression)
        {
            case Expression.Property property:
                first ??= property.Reference;
                return !first.Equals(property.Reference);
            case Expression.Unary unary:
                return FindsAnother(unary.Operand, ref first);
            case Expression.Binary binary:
                return FindsAnother(binary.Right, ref first) || FindsAnother(binary.Left, ref first);
            case Expression.Index index:
                return FindsAnother(index.Target, ref first);
            case Expression.Cut cut:
                return FindsAnother(cut.Of, ref first);
            case Expression.Quantifier quantifier:
                return FindsAnother(quantifier.Over, ref first) || FindsAnother(quantifier.Condition, ref first);
            case Expression.ListOf list:
                return AnyFindsAnother(list.Items, ref first);
            case Expression.Call call:
                return AnyFindsAnother(call.Arguments, ref first);
            case Expression.Literal or Expression.Variable:
                return false;
            default:
                throw new ArgumentOutOfRangeException(nameof(expression), expression, "an expression of a kind that is not known here");
        }
    }

    static bool AnyFindsAnother(IReadOnlyList<Expression> expressions, ref PropertyReference? first)
    {
        foreach (var expression in expressions)
            if (FindsAnother(expression, ref first)) return true;
        return false;
    }
}
