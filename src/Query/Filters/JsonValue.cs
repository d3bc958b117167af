using System.Text;
using System.Text.Json;
using Cairn.Storage;

namespace Cairn.Query.Filters;

/// <summary>Turns JSON into values: lists and objects are kept as JSON text and read when an expression asks.</summary>
/// <remarks>Half an emoji (<c>"\ud83d"</c>) is read as U+FFFD, where the framework's own document would throw.</remarks>
public static class JsonValue
{
    /// <summary>Deeper than the door lets through.</summary>
    static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>The value of a JSON text.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static Value Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>The value of a JSON text; numbers past a double's range are undefined.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static Value Parse(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json, Options);
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>The value the reader stands on; it ends on the value's last token.</summary>
    static Value Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return Value.True;
            case JsonTokenType.False: return Value.False;
            case JsonTokenType.Number: return reader.TryGetDouble(out var number) ? Value.Of(number) : Value.Undefined;
            case JsonTokenType.String: return Value.Of(Text(ref reader));
            case JsonTokenType.StartArray:
                var items = new List<Value>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader));
                return Value.Of(items);
            case JsonTokenType.StartObject:
                var members = new Dictionary<string, Value>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = Text(ref reader);
                    reader.Read();
                    members[name] = Read(ref reader);
                }
                return Value.Of(members);
            default: return Value.Null;
        }
    }

    /// <summary>The text or the name that the reader stands on.</summary>
    internal static string Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return Encoding.UTF8.GetString(reader.ValueSpan);
        var unescaped = new byte[reader.ValueSpan.Length];
        return Encoding.UTF8.GetString(unescaped.AsSpan(0, JsonEscapes.Undo(reader.ValueSpan, unescaped)));
    }
}
