using System.Numerics;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>
/// Composes an event's properties: <c>event_properties</c> as they are, then the top-level fields under their property names.
/// Where nothing is to be added the result is the slice of the body itself.
/// </summary>
/// <remarks>A name that <c>event_properties</c> has already stays as it is there. See docs/wire/amplitude.md, "Fields and properties".</remarks>
readonly struct EventBody
{
    static readonly ReadOnlyMemory<byte> Nothing = "{}"u8.ToArray();

    static readonly ulong OfTheEvent = EventFields.Mask(AmplitudeField.Platform, AmplitudeField.GlobalUserProperties)
        & ~EventFields.Bit(AmplitudeField.Paying) & ~EventFields.Bit(AmplitudeField.StartVersion);

    readonly EventFields fields;
    readonly ReadOnlyMemory<byte> properties;
    readonly Dollars taken;

    /// <summary>Looks at what there is to compose.</summary>
    public EventBody(EventFields fields)
    {
        this.fields = fields;
        properties = fields[AmplitudeField.EventProperties];
        taken = Dollars.Find(properties);
    }

    /// <summary>Whether the event speaks of money: some field or property says a price or a revenue.</summary>
    public bool HasRevenue => !Price.IsEmpty || fields.Has(AmplitudeField.Revenue) || taken.Has(AmplitudeField.Revenue);

    ReadOnlyMemory<byte> Price => taken.Price.IsEmpty ? fields[AmplitudeField.Price] : taken.Price;

    ReadOnlyMemory<byte> Quantity => taken.Quantity.IsEmpty ? fields[AmplitudeField.Quantity] : taken.Quantity;

    /// <summary>The properties of the event.</summary>
    /// <param name="keepsUser">Whether <c>user_properties</c> go into the event, as <c>$user_properties</c>, for no profile gets them.</param>
    /// <param name="isExposure">Whether the three properties of an exposure get their stored names.</param>
    public ReadOnlyMemory<byte> Compose(bool keepsUser, bool isExposure, JsonBuffer buffer, ByteArena scratch)
    {
        var revenue = RevenueToAdd(scratch);
        var added = fields.AnyOf(OfTheEvent) & ~taken.Fields;
        if (!revenue.IsEmpty) added &= ~EventFields.Bit(AmplitudeField.Revenue);
        keepsUser &= fields.Has(AmplitudeField.UserProperties);
        if (added == 0 && revenue.IsEmpty && !keepsUser && !isExposure) return properties.IsEmpty ? Nothing : properties;

        buffer.Clear();
        buffer.Append('{');
        if (isExposure) Exposure.AppendProperties(properties, buffer);
        else if (!properties.IsEmpty && !JsonSlice.IsEmpty(properties.Span)) buffer.Append(JsonSlice.Inside(properties).Span);
        for (var rest = added; rest != 0; rest &= rest - 1)
        {
            var field = (AmplitudeField)BitOperations.TrailingZeroCount(rest);
            buffer.AppendMember(AmplitudeFields.QuotedProperty(field).Span, fields[field].Span);
        }
        if (!revenue.IsEmpty) buffer.AppendMember("\"$revenue\""u8, revenue.Span);
        if (keepsUser) buffer.AppendMember("\"$user_properties\""u8, fields[AmplitudeField.UserProperties].Span);
        buffer.Append('}');
        return buffer.Keep(scratch);
    }

    // The price times the quantity: where no revenue is given, or all three are, for then the product wins.
    ReadOnlyMemory<byte> RevenueToAdd(ByteArena scratch)
    {
        if (Price.IsEmpty || taken.Has(AmplitudeField.Revenue)) return default;
        if (fields.Has(AmplitudeField.Revenue) && Quantity.IsEmpty) return default;
        return RevenueAmount.Of(Price, Quantity, scratch);
    }
}
