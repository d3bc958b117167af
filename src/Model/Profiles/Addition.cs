using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cairn.Model.Profiles;

/// <summary>Adds numbers in decimal where they fit, so that counters are exact and the order of additions doesn't show.</summary>
static class Addition
{
    /// <summary>The sum; the current value where either is no number, or the sum has no form in JSON.</summary>
    /// <param name="current">Null counts as 0.</param>
    public static PropertyValue? Of(PropertyValue? current, JsonElement added)
    {
        if (added.ValueKind != JsonValueKind.Number || current is { Kind: not JsonValueKind.Number }) return current;
        if (current is null) return PropertyValue.From(added);
        if (added.TryGetDecimal(out var right) && TryReadDecimal(current, out var left))
        {
            try
            {
                // Dividing by one cuts trailing zeros: 1.10 + 2.20 is 3.3.
                var sum = (left + right) / 1.000000000000000000000000000000000m;
                return PropertyValue.Parse(Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture)));
            }
            catch (OverflowException)
            {
                // Past 7.9e28 a double has to do.
            }
        }
        return PropertyValue.From(current.Number + added.GetDouble()) ?? current;
    }

    static bool TryReadDecimal(PropertyValue value, out decimal number) =>
        decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
