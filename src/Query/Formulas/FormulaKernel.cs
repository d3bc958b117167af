namespace Cairn.Query.Formulas;

/// <summary>Computes formulas over numbers side by side. What is no number, as a quotient by 0, is 0.</summary>
static class FormulaKernel
{
    /// <param name="line">The numbers of a line, one a bucket and the whole range's last; not written to.</param>
    /// <param name="length">How many a line has.</param>
    public static double[] Evaluate(Formula formula, int length, Func<Formula.Line, double[]> line)
    {
        var result = new double[length];
        switch (formula)
        {
            case Formula.Constant constant:
                result.AsSpan().Fill(constant.Value);
                break;
            case Formula.Line of:
                line(of).CopyTo(result, 0);
                break;
            case Formula.Negated negated:
                var operand = Evaluate(negated.Of, length, line);
                for (var i = 0; i < length; i++) result[i] = -operand[i];
                break;
            case Formula.Binary binary:
                var (left, right) = (Evaluate(binary.Left, length, line), Evaluate(binary.Right, length, line));
                for (var i = 0; i < length; i++) result[i] = Finite(Of(binary.Operator, left[i], right[i]));
                break;
            case Formula.Applied { Function: FormulaFunction.Trendline } trend:
                Trendline(Evaluate(trend.Of, length, line), result);
                break;
            case Formula.Applied applied:
                var argument = Evaluate(applied.Of, length, line);
                for (var i = 0; i < length; i++) result[i] = Finite(Of(applied, argument[i]));
                break;
        }
        return result;
    }

    static double Of(char @operator, double left, double right) => @operator switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, "no operator"),
    };

    static double Of(Formula.Applied applied, double argument) => applied.Function switch
    {
        FormulaFunction.Exp => Math.Exp(argument),
        FormulaFunction.Ln => Math.Log(argument),
        FormulaFunction.Log => Math.Log(argument, applied.Parameter),
        FormulaFunction.Log10 => Math.Log10(argument),
        FormulaFunction.Power => Math.Pow(argument, applied.Parameter),
        FormulaFunction.Sqrt => Math.Sqrt(argument),
        _ => throw new ArgumentOutOfRangeException(nameof(applied), applied.Function, "no function of one number"),
    };

    static double Finite(double number) => double.IsFinite(number) ? number : 0;

    /// <summary>The line of least squares through the buckets' numbers; the whole range's stays as it is.</summary>
    static void Trendline(double[] numbers, double[] result)
    {
        var count = numbers.Length - 1;
        var (meanAt, mean) = ((count - 1) / 2.0, numbers.AsSpan(0, count).ToArray().DefaultIfEmpty().Average());
        var (together, apart) = (0.0, 0.0);
        for (var at = 0; at < count; at++)
        {
            together += (at - meanAt) * (numbers[at] - mean);
            apart += (at - meanAt) * (at - meanAt);
        }
        var slope = apart == 0 ? 0 : together / apart;
        for (var at = 0; at < count; at++) result[at] = mean + slope * (at - meanAt);
        result[count] = numbers[count];
    }
}
