using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>What an event's own properties say already under the names that top-level fields are kept by.</summary>
/// <param name="Fields">The fields whose property name is taken, as bits.</param>
/// <param name="Price">The raw number of <c>$price</c>; empty where there is none.</param>
/// <param name="Quantity">The raw number of <c>$quantity</c>; empty where there is none.</param>
readonly record struct Dollars(ulong Fields, ReadOnlyMemory<byte> Price, ReadOnlyMemory<byte> Quantity)
{
    public bool Has(AmplitudeField field) => (Fields & EventFields.Bit(field)) != 0;

    /// <summary>Looks at the names of a raw properties object; most have no such name, which one search shows.</summary>
    public static Dollars Find(ReadOnlyMemory<byte> properties)
    {
        if (properties.Span.IndexOf("\"$"u8) < 0) return default;
        var taken = 0UL;
        ReadOnlyMemory<byte> price = default, quantity = default;
        var reader = JsonSlice.Read(properties);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueSpan is [(byte)'$', ..] ? AmplitudeFields.FindProperty(reader.ValueSpan) : AmplitudeField.None;
            reader.Read();
            var isNumber = reader.TokenType == JsonTokenType.Number;
            var value = JsonSlice.Value(ref reader, properties);
            if (field == AmplitudeField.None) continue;
            taken |= EventFields.Bit(field);
            if (field == AmplitudeField.Price && isNumber) price = value;
            if (field == AmplitudeField.Quantity && isNumber) quantity = value;
        }
        return new(taken, price, quantity);
    }
}
