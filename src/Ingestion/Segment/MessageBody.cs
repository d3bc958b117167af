using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Segment;

/// <summary>
/// Composes an event's properties: the message's own as they are, then a page's name and category, then what the context says. One serves a whole request.
/// A name that the message's properties have already stays as it is there.
/// </summary>
sealed class MessageBody
{
    static readonly ReadOnlyMemory<byte> Nothing = "{}"u8.ToArray();

    readonly List<ReadOnlyMemory<byte>> taken = [];

    /// <summary>The properties of an event.</summary>
    /// <param name="properties">The raw object, or empty.</param>
    /// <param name="name">The raw name of a page or screen, or empty.</param>
    /// <param name="category">The raw category of a page, or empty.</param>
    public ReadOnlyMemory<byte> Compose(
        ReadOnlyMemory<byte> properties, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> category, ContextProperties context, JsonBuffer buffer, ByteArena scratch)
    {
        ReadNames(properties, isPage: !name.IsEmpty || !category.IsEmpty);
        buffer.Clear();
        buffer.Append('{');
        if (!properties.IsEmpty && !JsonSlice.IsEmpty(properties.Span)) buffer.Append(JsonSlice.Inside(properties).Span);
        var added = AppendNew("\"name\""u8, name.Span, buffer) | AppendNew("\"category\""u8, category.Span, buffer);
        foreach (var (quotedName, value) in context.Found) added |= AppendNew(quotedName.Span, value.Span, buffer);
        if (!added) return properties.IsEmpty ? Nothing : properties;
        buffer.Append('}');
        return buffer.Keep(scratch);
    }

    bool AppendNew(ReadOnlySpan<byte> quotedName, ReadOnlySpan<byte> value, JsonBuffer buffer)
    {
        if (value.IsEmpty) return false;
        foreach (var one in taken)
            if (one.Span.SequenceEqual(quotedName)) return false;
        buffer.AppendMember(quotedName, value);
        return true;
    }

    // Only a page's properties, and those with a dollar or a campaign in their names, can say what is about to be added.
    void ReadNames(ReadOnlyMemory<byte> properties, bool isPage)
    {
        taken.Clear();
        if (properties.IsEmpty) return;
        if (!isPage && properties.Span.IndexOf("\"$"u8) < 0 && properties.Span.IndexOf("\"utm_"u8) < 0) return;
        var reader = JsonSlice.Read(properties);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            taken.Add(JsonSlice.Name(ref reader, properties));
            reader.Read();
            JsonSlice.Value(ref reader, properties);
        }
    }
}
