using System.Text.Json;

namespace Cairn.Ingestion.Json;

/// <summary>Cuts raw values out of a JSON text without copying or decoding them.</summary>
public static class JsonSlice
{
    /// <summary>
    /// Levels of nesting the reader follows before it calls the whole text malformed. Far above what is accepted in a
    /// property, so that one absurd value spoils its own record and not its neighbours; each level costs one bit.
    /// </summary>
    public const int MaxReadDepth = 10_000;

    /// <summary>A reader over a complete text; its positions are indexes into <paramref name="json"/>.</summary>
    public static Utf8JsonReader Read(ReadOnlyMemory<byte> json) =>
        new(json.Span, new JsonReaderOptions { MaxDepth = MaxReadDepth });

    /// <summary>The raw bytes of the value the reader stands on, quotes and brackets included; leaves the reader on its last token.</summary>
    /// <param name="json">The text the reader was made for.</param>
    /// <param name="depth">How many levels of objects and arrays the value has; 0 for a scalar.</param>
    public static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, out int depth)
    {
        var start = (int)reader.TokenStartIndex;
        depth = 0;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var outside = reader.CurrentDepth;
            var deepest = outside;
            do
            {
                reader.Read();
                if (reader.CurrentDepth > deepest) deepest = reader.CurrentDepth;
            }
            while (reader.CurrentDepth > outside);
            // The deepest token seen stands inside its container, unless every container on the way was empty.
            depth = Math.Max(deepest - outside, 1);
        }
        return json[start..(int)reader.BytesConsumed];
    }

    /// <inheritdoc cref="Value(ref Utf8JsonReader, ReadOnlyMemory{byte}, out int)"/>
    public static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json) =>
        Value(ref reader, json, out _);

    /// <summary>The raw property name the reader stands on, quotes included.</summary>
    public static ReadOnlyMemory<byte> Name(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        // BytesConsumed is already past the colon, and blanks may stand before it.
        var start = (int)reader.TokenStartIndex;
        return json.Slice(start, reader.ValueSpan.Length + 2);
    }

    /// <summary>What stands between the braces or brackets of a raw object or array; empty or blank where nothing does.</summary>
    public static ReadOnlyMemory<byte> Inside(ReadOnlyMemory<byte> container) => container[1..^1];

    /// <summary>Whether a raw object or array has no members.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> container) =>
        container[1..^1].IndexOfAnyExcept(" \t\r\n"u8) < 0;
}
