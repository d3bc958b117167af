using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>The groups of an event, within the vendor's limits.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", groups: at most 5 types and 10 values an event, what is more is dropped.</remarks>
static class EventGroups
{
    /// <summary>An item's groups from a raw <c>groups</c> object; the slice itself where nothing has to be changed.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> groups, JsonBuffer buffer, ByteArena scratch)
    {
        if (groups.IsEmpty) return default;
        int types = 0, values = 0;
        var isPlain = true;
        var last = ReadOnlyMemory<byte>.Empty;
        foreach (var (type, value) in new GroupValues(groups))
        {
            values++;
            if (!type.Equals(last)) types++;
            last = type;
            isPlain &= value.Span[0] == '"';
        }
        if (values == 0) return default;
        if (isPlain && types <= AmplitudeLimits.MaxGroupTypes && values <= AmplitudeLimits.MaxGroupValues
            && groups.Span.IndexOf("null"u8) < 0) return groups;
        return Compose(groups, buffer, scratch);
    }

    // Every type with a list of texts, as far as the limits go.
    static ReadOnlyMemory<byte> Compose(ReadOnlyMemory<byte> groups, JsonBuffer buffer, ByteArena scratch)
    {
        int types = 0, values = 0;
        var last = ReadOnlyMemory<byte>.Empty;
        buffer.Clear();
        buffer.Append('{');
        foreach (var (type, value) in new GroupValues(groups))
        {
            if (!type.Equals(last))
            {
                if (++types > AmplitudeLimits.MaxGroupTypes) break;
                if (types > 1) buffer.Append(']');
                buffer.AppendName(type.Span);
                buffer.Append('[');
                last = type;
            }
            if (++values > AmplitudeLimits.MaxGroupValues) break;
            buffer.AppendElement(value.Span[0] == '"' ? value.Span : "\""u8);
            if (value.Span[0] == '"') continue;
            buffer.Append(value.Span);
            buffer.Append('"');
        }
        buffer.Append("]}"u8);
        return buffer.Keep(scratch);
    }
}
