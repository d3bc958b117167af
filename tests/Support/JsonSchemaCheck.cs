using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cairn.Support;

/// <summary>Checks a value against a schema: the part of JSON Schema 2020-12 that our OpenAPI document uses. A word it doesn't know is an error.</summary>
public sealed class JsonSchemaCheck(JsonElement document)
{
    static readonly string[] Told = ["description", "default", "summary"];

    /// <summary>What is wrong, each with its place; nothing where the value is as the schema says.</summary>
    public IReadOnlyList<string> Errors(JsonElement schema, JsonElement value, string place = "$")
    {
        var errors = new List<string>();
        foreach (var word in schema.EnumerateObject())
        {
            switch (word.Name)
            {
                case "$ref": errors.AddRange(Errors(Resolve(word.Value.GetString()!), value, place)); break;
                case "anyOf": errors.AddRange(AnyOf(word.Value, value, place)); break;
                case "type" when !IsOf(word.Value, value): errors.Add($"{place}: {value.ValueKind} is not {word.Value.GetRawText()}"); break;
                case "enum" when !word.Value.EnumerateArray().Any(one => one.GetString() == value.ToString()): errors.Add($"{place}: {value} is none of {word.Value.GetRawText()}"); break;
                case "pattern" when value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString()!, word.Value.GetString()!): errors.Add($"{place}: {value} is not as {word.Value}"); break;
                case "minimum" when value.ValueKind == JsonValueKind.Number && value.GetDouble() < word.Value.GetDouble(): errors.Add($"{place}: {value} is below {word.Value}"); break;
                case "maximum" when value.ValueKind == JsonValueKind.Number && value.GetDouble() > word.Value.GetDouble(): errors.Add($"{place}: {value} is above {word.Value}"); break;
                case "minLength" when value.ValueKind == JsonValueKind.String && value.GetString()!.Length < word.Value.GetInt32(): errors.Add($"{place} is too short"); break;
                case "maxLength" when value.ValueKind == JsonValueKind.String && value.GetString()!.Length > word.Value.GetInt32(): errors.Add($"{place} is too long"); break;
                case "minItems" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() < word.Value.GetInt32(): errors.Add($"{place} has too few items"); break;
                case "maxItems" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > word.Value.GetInt32(): errors.Add($"{place} has too many items"); break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    errors.AddRange(value.EnumerateArray().SelectMany((item, index) => Errors(word.Value, item, $"{place}[{index}]")));
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    errors.AddRange(word.Value.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{place} lacks {name}"));
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    errors.AddRange(word.Value.EnumerateObject().SelectMany(one => value.TryGetProperty(one.Name, out var member) ? Errors(one.Value, member, $"{place}.{one.Name}") : []));
                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object && word.Value.ValueKind == JsonValueKind.False:
                    errors.AddRange(value.EnumerateObject().Where(member => !schema.GetProperty("properties").TryGetProperty(member.Name, out _)).Select(member => $"{place}.{member.Name} is not told"));
                    break;
                case "type" or "enum" or "pattern" or "minimum" or "maximum" or "minLength" or "maxLength" or "minItems" or "maxItems" or "items" or "required" or "properties" or "additionalProperties": break;
                default:
                    if (!Told.Contains(word.Name)) errors.Add($"the schema at {place} uses {word.Name}, which is not checked");
                    break;
            }
        }
        return errors;
    }

    /// <summary>What a reference stands for; the schema itself where it is none.</summary>
    public JsonElement Resolved(JsonElement schema) => schema.TryGetProperty("$ref", out var reference) ? Resolve(reference.GetString()!) : schema;

    JsonElement Resolve(string reference) => reference[2..].Split('/').Aggregate(document, (at, name) => at.GetProperty(name));

    IReadOnlyList<string> AnyOf(JsonElement schemas, JsonElement value, string place)
    {
        var tries = schemas.EnumerateArray().Select(schema => Errors(schema, value, place)).ToList();
        return tries.Any(errors => errors.Count == 0) ? [] : tries.MinBy(errors => errors.Count)!;
    }

    static bool IsOf(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => IsOf(one, value)) : type.GetString() switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        var other => throw new InvalidOperationException($"{other} is no type"),
    };
}
