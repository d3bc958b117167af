namespace Cairn.Ingestion.Amplitude;

/// <summary>What type of JSON value each field takes; an event with another is turned away with the field's name.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", "Keys for the event argument". A number where a text is asked for is taken as its digits.</remarks>
static class FieldTypes
{
    static readonly ulong Objects =
        EventFields.Bit(AmplitudeField.EventProperties) | EventFields.Bit(AmplitudeField.UserProperties)
        | EventFields.Bit(AmplitudeField.Groups) | EventFields.Bit(AmplitudeField.GroupProperties)
        | EventFields.Bit(AmplitudeField.Plan) | EventFields.Bit(AmplitudeField.IngestionMetadata)
        | EventFields.Bit(AmplitudeField.GlobalUserProperties) | EventFields.Bit(AmplitudeField.ApiProperties);

    static readonly ulong Numbers =
        EventFields.Bit(AmplitudeField.Price) | EventFields.Bit(AmplitudeField.Quantity) | EventFields.Bit(AmplitudeField.Revenue)
        | EventFields.Bit(AmplitudeField.LocationLat) | EventFields.Bit(AmplitudeField.LocationLng);

    static readonly ulong NamesAndIds =
        EventFields.Bit(AmplitudeField.UserId) | EventFields.Bit(AmplitudeField.DeviceId)
        | EventFields.Bit(AmplitudeField.InsertId) | EventFields.Bit(AmplitudeField.SessionId) | EventFields.Bit(AmplitudeField.EventId);

    // Clients before HTTP V2 send the library as an object, and nothing depends on it.
    static readonly ulong Any = EventFields.Bit(AmplitudeField.Library) | EventFields.Bit(AmplitudeField.Time);

    static readonly ulong Everything = EventFields.Mask(AmplitudeField.UserId, AmplitudeField.GroupValue) & ~Any;

    /// <summary>The first field with a value of the wrong type; <see cref="AmplitudeField.None"/> where all are right.</summary>
    public static AmplitudeField FindWrong(EventFields fields)
    {
        for (var rest = fields.AnyOf(Everything); rest != 0; rest &= rest - 1)
        {
            var field = (AmplitudeField)System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (!Fits(field, fields[field].Span[0])) return field;
        }
        return AmplitudeField.None;
    }

    static bool Fits(AmplitudeField field, byte first)
    {
        var bit = EventFields.Bit(field);
        var isNumber = first is (byte)'-' or >= (byte)'0' and <= (byte)'9';
        if ((bit & Objects) != 0) return first == '{';
        if ((bit & Numbers) != 0) return isNumber;
        if ((bit & NamesAndIds) != 0) return first == '"' || isNumber;
        return field switch
        {
            AmplitudeField.EventType => first == '"',
            AmplitudeField.SkipUserPropertiesSync => first is (byte)'t' or (byte)'f',
            _ => first is not ((byte)'{' or (byte)'['),
        };
    }
}
