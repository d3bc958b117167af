using System.Text.Json;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>Takes JSON objects apart into columns, one pass a row.</summary>
/// <param name="rest">Takes what has no column; the caller ends its rows.</param>
/// <param name="isGroups">Whether members are groups, not properties.</param>
sealed class PropertyShredder(PropertyColumns properties, RestObject rest, bool isGroups = false)
{
    /// <summary>As deep as the door lets through, with room for the object itself. A deeper one is a <see cref="JsonException"/>.</summary>
    const int MaxDepth = 64;

    static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };
    byte[] nameScratch = new byte[256];
    byte[] valueScratch = new byte[1024];

    /// <summary>Adds one row's properties.</summary>
    /// <param name="utf8Object">One JSON object; empty for none.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public void Add(int row, ReadOnlySpan<byte> utf8Object)
    {
        if (utf8Object.Length <= 2 && utf8Object.SequenceEqual("{}"u8) || utf8Object.IsEmpty) return;
        var reader = new Utf8JsonReader(utf8Object, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("properties are no JSON object");
        properties.BeginRow();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var rawName = reader.ValueSpan;
            var property = properties.Find(reader.ValueIsEscaped ? Unescaped(rawName, ref nameScratch) : rawName);
            reader.Read();
            if (property is null) rest.Add(isGroups ? RowLayout.RestGroup : default, rawName, Slice(ref reader, utf8Object));
            else AddValue(ref reader, property, row, utf8Object);
        }
        if (reader.Read()) throw new JsonException("something follows the properties' object");
    }

    void AddValue(ref Utf8JsonReader reader, Property property, int row, ReadOnlySpan<byte> utf8Object)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                property.AddText(row, reader.ValueIsEscaped ? Unescaped(reader.ValueSpan, ref valueScratch) : reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                // A number past the doubles (1e999) keeps its digits as text: no column may hold an infinity.
                if (reader.TryGetDouble(out var number) && double.IsFinite(number)) property.AddNumber(row, number);
                else property.AddText(row, reader.ValueSpan);
                break;
            case JsonTokenType.True:
            case JsonTokenType.False:
                property.AddBoolean(row, reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.StartObject:
            case JsonTokenType.StartArray:
                property.AddJson(row, Slice(ref reader, utf8Object));
                break;
            default:
                property.Enter(row);
                break;
        }
    }

    /// <summary>The current value as it stands in the JSON, and the reader behind it.</summary>
    static ReadOnlySpan<byte> Slice(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8Object)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return utf8Object[start..(int)reader.BytesConsumed];
    }

    static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> escaped, ref byte[] scratch)
    {
        if (scratch.Length < escaped.Length) scratch = new byte[escaped.Length * 2];
        return scratch.AsSpan(0, JsonEscapes.Undo(escaped, scratch));
    }
}
