using System.Text.Json;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Events by which an SDK says who is who: <c>$identify</c>, <c>$create_alias</c>, <c>$merge</c>. They are kept as events too.</summary>
/// <remarks>Source: Mixpanel docs, "Identity Management", "Create Identity", "Create Alias", "Merge Identities".</remarks>
static class VerbEvents
{
    public static bool IsOne(ReadOnlySpan<byte> name) =>
        name.Length > 0 && name[0] == '$' && (IsIdentify(name) || IsAlias(name) || IsMerge(name));

    public static bool IsIdentify(ReadOnlySpan<byte> name) => name.SequenceEqual("$identify"u8);
    public static bool IsAlias(ReadOnlySpan<byte> name) => name.SequenceEqual("$create_alias"u8);
    public static bool IsMerge(ReadOnlySpan<byte> name) => name.SequenceEqual("$merge"u8);

    /// <summary>The scalar of a property in a properties object, as text in scratch; empty where it has none.</summary>
    public static ReadOnlyMemory<byte> Find(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> name, ByteArena scratch)
    {
        var found = default(ReadOnlyMemory<byte>);
        var reader = Open(properties);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            if (isIt) found = Scalar(ref reader, scratch);
            else reader.Skip();
        }
        return found;
    }

    /// <summary>The two ids of <c>$distinct_ids</c>; false where it is no list of exactly two.</summary>
    public static bool TryFindPair(
        ReadOnlySpan<byte> properties, ByteArena scratch, out ReadOnlyMemory<byte> first, out ReadOnlyMemory<byte> second)
    {
        first = second = default;
        var count = 0;
        var reader = Open(properties);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals("$distinct_ids"u8);
            reader.Read();
            if (!isIt || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }
            count = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var id = Scalar(ref reader, scratch);
                if (count == 0) first = id;
                else second = id;
                count++;
            }
        }
        return count == 2 && !first.IsEmpty && !second.IsEmpty;
    }

    static Utf8JsonReader Open(ReadOnlySpan<byte> properties)
    {
        var reader = new Utf8JsonReader(properties, new JsonReaderOptions { MaxDepth = MixpanelLimits.MaxReadDepth });
        reader.Read();
        return reader;
    }

    static ReadOnlyMemory<byte> Scalar(ref Utf8JsonReader reader, ByteArena scratch)
    {
        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null)
        {
            reader.Skip();
            return default;
        }
        if (!reader.ValueIsEscaped) return scratch.Keep(reader.ValueSpan);
        var copy = scratch.Take(reader.ValueSpan.Length);
        return copy[..Json.JsonText.Unescape(reader.ValueSpan, copy.Span)];
    }
}
