using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>
/// Spreads what clients before HTTP V2 pack into objects: <c>library {name, version}</c> and
/// <c>api_properties {location {lat, lng}, androidADID, ios_idfa, ios_idfv}</c>.
/// </summary>
/// <remarks>Source: amplitude-js 8, Amplitude-iOS and Amplitude-Android 2, which upload to the root path.</remarks>
static class LegacyFields
{
    public static void Spread(EventFields fields)
    {
        if (fields[AmplitudeField.ApiProperties].Span is [(byte)'{', ..]) Spread(fields, fields[AmplitudeField.ApiProperties]);
    }

    /// <summary>"name/version" of <c>{"name": "amplitude-js", "version": "8.21.9"}</c>; empty where it names nothing.</summary>
    public static ReadOnlyMemory<byte> LibraryOf(ReadOnlyMemory<byte> library, ByteArena scratch)
    {
        ReadOnlyMemory<byte> name = default, version = default;
        var reader = JsonSlice.Read(library);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueSpan.SequenceEqual("name"u8);
            var isVersion = reader.ValueSpan.SequenceEqual("version"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, library);
            if (isName && value.Span[0] == '"') name = JsonText.Of(value, scratch);
            if (isVersion && value.Span[0] == '"') version = JsonText.Of(value, scratch);
        }
        return version.IsEmpty ? name : scratch.Keep(scratch.Keep(name.Span, "/"u8).Span, version.Span);
    }

    static void Spread(EventFields fields, ReadOnlyMemory<byte> container)
    {
        var reader = JsonSlice.Read(container);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(reader.ValueSpan);
            var isLocation = reader.ValueSpan.SequenceEqual("location"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, container);
            if (isLocation && value.Span[0] == '{') Spread(fields, value);
            else if (Fits(field, value.Span[0]) && !fields.Has(field)) fields.Set(field, value);
        }
    }

    static bool Fits(AmplitudeField field, byte first) => field switch
    {
        AmplitudeField.None => false,
        AmplitudeField.LocationLat or AmplitudeField.LocationLng => first is (byte)'-' or >= (byte)'0' and <= (byte)'9',
        _ => first == '"',
    };

    static AmplitudeField FieldOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("lat"u8)) return AmplitudeField.LocationLat;
        if (name.SequenceEqual("lng"u8)) return AmplitudeField.LocationLng;
        if (name.SequenceEqual("androidADID"u8)) return AmplitudeField.Adid;
        if (name.SequenceEqual("ios_idfa"u8)) return AmplitudeField.Idfa;
        return name.SequenceEqual("ios_idfv"u8) ? AmplitudeField.Idfv : AmplitudeField.None;
    }
}
