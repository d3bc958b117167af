using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Model.Profiles;

namespace Cairn.Ingestion.Amplitude;

/// <summary>
/// An exposure as the client SDKs send it, <c>{"event_type": "$exposure", "event_properties": {"flag_key": "checkout", "variant": "on"}}</c>,
/// becomes the event "[Experiment] Exposure" and a user property "[Experiment] checkout".
/// </summary>
/// <remarks>Source: Amplitude docs, "Event tracking (Experiment)", "Exposure events". Web experiments send <c>$impression</c> alike.</remarks>
static class Exposure
{
    static readonly ReadOnlyMemory<byte> ExposureName = "[Experiment] Exposure"u8.ToArray();
    static readonly ReadOnlyMemory<byte> ImpressionName = "[Experiment] Impression"u8.ToArray();

    /// <summary>Whether an event type is one of an exposure, and the name it is kept by.</summary>
    public static bool Is(ReadOnlySpan<byte> eventType, out ReadOnlyMemory<byte> name)
    {
        name = eventType.SequenceEqual("$exposure"u8) ? ExposureName
            : eventType.SequenceEqual("$impression"u8) ? ImpressionName : default;
        return !name.IsEmpty;
    }

    /// <summary>Appends the members of the event's properties, three of them renamed.</summary>
    public static void AppendProperties(ReadOnlyMemory<byte> properties, JsonBuffer buffer)
    {
        if (properties.IsEmpty) return;
        var reader = JsonSlice.Read(properties);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonSlice.Name(ref reader, properties);
            reader.Read();
            buffer.AppendMember(StoredName(name.Span), JsonSlice.Value(ref reader, properties).Span);
        }
    }

    /// <summary>Sets the flag's user property to the variant, or unsets it where no variant is given.</summary>
    public static void AddOperations(ReadOnlyMemory<byte> properties, PropertyOperations operations, ByteArena scratch)
    {
        if (properties.IsEmpty) return;
        ReadOnlyMemory<byte> flag = default, variant = default;
        var reader = JsonSlice.Read(properties);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFlag = reader.ValueSpan.SequenceEqual("flag_key"u8);
            var isVariant = reader.ValueSpan.SequenceEqual("variant"u8);
            reader.Read();
            var isText = reader.TokenType == JsonTokenType.String;
            var value = JsonSlice.Value(ref reader, properties);
            if (isFlag && isText) flag = value;
            if (isVariant && isText) variant = value;
        }
        if (flag.IsEmpty) return;
        var property = scratch.Keep("\"[Experiment] "u8, flag.Span[1..]);
        operations.Add(variant.IsEmpty ? ProfileOperation.Unset : ProfileOperation.Set, property, variant);
    }

    static ReadOnlySpan<byte> StoredName(ReadOnlySpan<byte> quotedName)
    {
        if (quotedName.SequenceEqual("\"flag_key\""u8)) return "\"[Experiment] Flag Key\""u8;
        if (quotedName.SequenceEqual("\"variant\""u8)) return "\"[Experiment] Variant\""u8;
        return quotedName.SequenceEqual("\"experiment_key\""u8) ? "\"[Experiment] Experiment Key\""u8 : quotedName;
    }
}
