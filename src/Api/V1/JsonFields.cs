using System.Text.Json;
using Cairn.Projects;

namespace Cairn.Api.V1;

/// <summary>Reads the fields of a JSON object and collects everything that is wrong with them, so that a caller hears all of it at once.</summary>
sealed class JsonFields
{
    readonly JsonElement _body;

    /// <param name="body">The object.</param>
    /// <param name="known">Every field that this route takes; any other is an error, for a misspelt setting would be ignored in silence.</param>
    public JsonFields(JsonElement body, params string[] known)
    {
        _body = body;
        foreach (var property in body.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal))
                Errors.Add(new FieldError(Shorten(property.Name), "There is no such field here.", "one of " + string.Join(", ", known)));
        }
    }

    /// <summary>What is wrong so far.</summary>
    public List<FieldError> Errors { get; } = [];

    /// <summary>Whether the field is there, be it null.</summary>
    public bool Has(string name) => _body.TryGetProperty(name, out _);

    /// <summary>A text; null where it is absent or wrong.</summary>
    public string? Text(string name, string valid)
    {
        if (!_body.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind is JsonValueKind.String) return value.GetString();
        Errors.Add(new FieldError(name, $"This is {Describe(value)}.", valid));
        return null;
    }

    /// <summary>A whole number, or null where the JSON is null; 0 where it is wrong.</summary>
    public int? WholeNumberOrNull(string name, string valid)
    {
        if (!_body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null) return null;
        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        Errors.Add(new FieldError(name, $"This is {Describe(value)}.", valid));
        return null;
    }

    /// <summary>A list of texts; null where it is absent or wrong.</summary>
    public IReadOnlyList<string>? Texts(string name, string valid)
    {
        if (!_body.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String))
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        Errors.Add(new FieldError(name, $"This is {Describe(value)}.", valid));
        return null;
    }

    /// <summary>One of a few words; null where it is absent or wrong.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        var valid = "one of " + string.Join(", ", choices.Keys);
        if (Text(name, valid) is not { } word) return null;
        if (choices.TryGetValue(word, out var choice)) return choice;
        Errors.Add(new FieldError(name, $"There is no '{Shorten(word)}'.", valid));
        return null;
    }

    /// <summary>Notes that a field which must be there is not.</summary>
    public void Require(string name, string valid)
    {
        if (!Has(name)) Errors.Add(new FieldError(name, "This field is missing.", valid));
    }

    static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Number => $"the number {Shorten(value.GetRawText())}",
        JsonValueKind.String => "a text",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "nothing",
    };

    static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
