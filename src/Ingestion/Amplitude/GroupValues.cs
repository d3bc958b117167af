using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>Walks a raw <c>groups</c> object value by value: <c>{"team": ["red", "blue"]}</c> gives (team, red), (team, blue).</summary>
/// <param name="groups">A raw object whose values are texts, numbers, nulls (left out) or lists of them.</param>
ref struct GroupValues(ReadOnlyMemory<byte> groups)
{
    Utf8JsonReader reader = JsonSlice.Read(groups);
    ReadOnlyMemory<byte> type;
    bool isInside;

    /// <summary>The raw tokens of a group's type and of one value of it.</summary>
    public (ReadOnlyMemory<byte> Type, ReadOnlyMemory<byte> Value) Current { get; private set; }

    public readonly GroupValues GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!isInside)
        {
            reader.Read();
            isInside = true;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    type = JsonSlice.Name(ref reader, groups);
                    break;
                case JsonTokenType.String or JsonTokenType.Number:
                    Current = (type, JsonSlice.Value(ref reader, groups));
                    return true;
                default:
                    break; // nulls say nothing, brackets only hold
            }
        }
        return false;
    }

    /// <summary>Whether every value is a text, a number, null or a list of them.</summary>
    public static bool AreValid(ReadOnlyMemory<byte> groups)
    {
        var reader = JsonSlice.Read(groups);
        reader.Read();
        var isInList = false;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.True or JsonTokenType.False) return false;
            if (reader.TokenType == JsonTokenType.StartArray && isInList) return false;
            if (reader.TokenType == JsonTokenType.StartArray) isInList = true;
            if (reader.TokenType == JsonTokenType.EndArray) isInList = false;
        }
        return true;
    }
}
