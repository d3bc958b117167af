using System.Globalization;
using System.Text;

namespace Cairn.Query.Filters;

/// <summary>Values as text: what <c>string()</c> gives and what a breakdown calls its series.</summary>
public static class ValueText
{
    /// <summary>The key of a value that is missing.</summary>
    /// <remarks>Source: Mixpanel's query API answers the text "undefined" where reports say "(not set)".</remarks>
    public const string Undefined = "undefined";

    /// <summary>A value as text; a missing one as <see cref="Undefined"/>.</summary>
    public static string Of(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => Undefined,
        ValueKind.Boolean => value.Boolean ? "true" : "false",
        ValueKind.Number => Number(value.Number),
        ValueKind.Text => value.Text,
        ValueKind.DateTime => Moments.Format(value.UnixMs),
        ValueKind.List => $"[{string.Join(", ", value.Items.Select(Of))}]",
        ValueKind.Object => $"{{{string.Join(", ", value.Members.Select(member => $"{member.Key}: {Of(member.Value)}"))}}}",
    };

    /// <summary>The shortest decimal text that reads back as the same number: <c>1</c>, <c>0.1</c>, <c>1e+21</c>, as JavaScript writes it.</summary>
    public static string Number(double number)
    {
        if (number == Math.Floor(number) && Math.Abs(number) < 1e15) return ((long)number).ToString(CultureInfo.InvariantCulture);
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt < 0) return shortest;
        var exponent = int.Parse(shortest.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = shortest[..exponentAt];
        if (exponent is < -6 or > 20) return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
        return Shifted(mantissa, exponent);
    }

    /// <summary>A mantissa like <c>-1.25</c> with its point moved; exponents from -6 to 20.</summary>
    static string Shifted(string mantissa, int exponent)
    {
        var text = new StringBuilder();
        if (mantissa[0] == '-') text.Append('-');
        var digits = mantissa.TrimStart('-').Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0) return text.Append("0.").Append('0', -exponent - 1).Append(digits).ToString();
        if (digits.Length <= exponent + 1) return text.Append(digits).Append('0', exponent + 1 - digits.Length).ToString();
        return text.Append(digits, 0, exponent + 1).Append('.').Append(digits, exponent + 1, digits.Length - exponent - 1).ToString();
    }
}
