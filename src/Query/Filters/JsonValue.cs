using System.Text.Json;

namespace Cairn.Query.Filters;

/// <summary>Turns JSON into values: lists and objects are kept as JSON text and read when an expression asks.</summary>
public static class JsonValue
{
    /// <summary>The value of a JSON text.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static Value Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1100 });
        return Of(document.RootElement);
    }

    /// <summary>The value of a JSON element; numbers past a double's range are undefined.</summary>
    public static Value Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined => Value.Undefined,
        JsonValueKind.Null => Value.Null,
        JsonValueKind.True => Value.True,
        JsonValueKind.False => Value.False,
        JsonValueKind.Number => Value.Of(element.GetDouble()),
        JsonValueKind.String => Value.Of(element.GetString()!),
        JsonValueKind.Array => Value.Of(element.EnumerateArray().Select(Of).ToArray()),
        JsonValueKind.Object => Value.Of(Members(element)),
    };

    static Dictionary<string, Value> Members(JsonElement element)
    {
        var members = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject()) members[member.Name] = Of(member.Value);
        return members;
    }
}
