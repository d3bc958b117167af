using System.Text.Json;
using Cairn.Projects;

namespace Cairn.Api.V1;

/// <summary>Reads one JSON object of a request field by field and remembers what is wrong, with each field's path.</summary>
/// <remarks>Fields that nobody asked for are errors too: a misspelt one must not be taken for an absent one.</remarks>
sealed class DefinitionFields
{
    readonly JsonElement element;
    readonly string path;
    readonly List<FieldError> errors;
    readonly List<string> known = [];

    public DefinitionFields(JsonElement element, string path, List<FieldError> errors) => (this.element, this.path, this.errors) = (element, path, errors);

    /// <summary>The object itself.</summary>
    public JsonElement Element => element;

    public List<FieldError> Errors => errors;

    /// <summary>A field's path in the request.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Fail(string name, string detail, string valid) => errors.Add(new(PathOf(name), detail, valid));

    /// <summary>A field of any kind; null where absent or null.</summary>
    public JsonElement? Any(string name)
    {
        if (!known.Contains(name)) known.Add(name);
        return element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
    }

    public string? Text(string name, string valid)
    {
        if (Any(name) is not { } found) return null;
        if (found.ValueKind == JsonValueKind.String) return found.GetString();
        Fail(name, "It must be a text.", valid);
        return null;
    }

    /// <summary>One of a few words; the fallback where absent or wrong.</summary>
    public T Choice<T>(string name, T fallback, params IReadOnlyList<(string Word, T Meaning)> choices)
    {
        var valid = string.Join(", ", choices.Select(choice => choice.Word));
        if (Text(name, valid) is not { } word) return fallback;
        foreach (var choice in choices)
            if (choice.Word == word) return choice.Meaning;
        Fail(name, $"'{word}' is none of them.", valid);
        return fallback;
    }

    public int Whole(string name, int fallback, int least, int most)
    {
        if (Any(name) is not { } found) return fallback;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number) && number >= least && number <= most) return number;
        Fail(name, "It must be a whole number within bounds.", $"{least} to {most}");
        return fallback;
    }

    public bool Flag(string name, bool fallback)
    {
        if (Any(name) is not { } found) return fallback;
        if (found.ValueKind is JsonValueKind.True or JsonValueKind.False) return found.ValueKind == JsonValueKind.True;
        Fail(name, "It must be true or false.", "true or false");
        return fallback;
    }

    /// <summary>An object's fields; null where absent or no object.</summary>
    public DefinitionFields? Object(string name, string valid)
    {
        if (Any(name) is not { } found) return null;
        if (found.ValueKind == JsonValueKind.Object) return new(found, PathOf(name), errors);
        Fail(name, "It must be an object.", valid);
        return null;
    }

    /// <summary>A list's elements, each with its path (<c>events[2]</c>); empty where absent or no list.</summary>
    public IReadOnlyList<(JsonElement Element, string Path)> List(string name, string valid)
    {
        if (Any(name) is not { } found) return [];
        if (found.ValueKind == JsonValueKind.Array) return [.. found.EnumerateArray().Select((item, index) => (item, $"{PathOf(name)}[{index}]"))];
        Fail(name, "It must be a list.", valid);
        return [];
    }

    /// <summary>To be called last: whatever was not asked for is an error.</summary>
    public void RefuseOthers()
    {
        foreach (var member in element.EnumerateObject())
            if (!known.Contains(member.Name)) Fail(member.Name, "There is no such field.", string.Join(", ", known));
    }
}
