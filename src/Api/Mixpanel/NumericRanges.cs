using System.Globalization;
using Cairn.Query.Filters;

namespace Cairn.Api.Mixpanel;

/// <summary>Cuts numbers into ranges of one round width: 1, 2 or 5 times a power of ten.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Numerically Bucket": keys read <c>2,000 - 2,100</c>; the lower end belongs to a range, the upper does not.</remarks>
sealed class NumericRanges
{
    readonly double width;

    /// <param name="wanted">About how many ranges.</param>
    public NumericRanges(double least, double greatest, int wanted)
    {
        var raw = Math.Max((greatest - least) / wanted, 1e-9);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        width = (raw / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
        if (greatest == least) width = 1;
    }

    /// <summary>The number of the range that an expression's number falls into; undefined where it is none.</summary>
    public Expression IndexOf(Expression number)
    {
        // Times the inverse where the width is below one: 0.3 / 0.1 is 2.9999…, 0.3 * 10 is 3.
        var scaled = width >= 1
            ? new Expression.Binary(BinaryOperator.Divide, number, new Expression.Literal(Value.Of(width)))
            : new Expression.Binary(BinaryOperator.Multiply, number, new Expression.Literal(Value.Of(Math.Round(1 / width))));
        return new Expression.Call(Function.Floor, [scaled]);
    }

    /// <summary>A range's name by its number.</summary>
    public string KeyOf(string index)
    {
        var at = double.Parse(index, CultureInfo.InvariantCulture);
        return $"{Text(at * width)} - {Text((at + 1) * width)}";
    }

    static string Text(double bound) => Math.Round(bound, 9).ToString("#,0.#########", CultureInfo.InvariantCulture);
}
