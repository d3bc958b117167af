using System.Text.Json.Nodes;

namespace Cairn.Support.Profiles;

/// <summary>The oracle of profiles: applies bodies, in order, to a plain JSON object. Knows integers only.</summary>
public sealed class NaiveProfile
{
    JsonObject? properties;

    public void Apply(string body)
    {
        foreach (var (operation, argument) in JsonNode.Parse(body)!.AsObject())
        {
            switch (operation)
            {
                case "delete": properties = null; continue;
                case "clear_all": properties?.Clear(); continue;
                case "unset": foreach (var name in argument!.AsArray()) properties?.Remove((string)name!); continue;
                case "remove" when properties is null: continue;
            }
            properties ??= [];
            foreach (var (name, value) in argument!.AsObject()) Change(properties, operation, name, value!);
        }
    }

    public override string ToString() => properties is null ? "nobody" : new JsonObject(properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();

    static void Change(JsonObject of, string operation, string name, JsonNode value)
    {
        var current = of[name];
        switch (operation)
        {
            case "set": of[name] = value.DeepClone(); return;
            case "set_once": if (current is null) of[name] = value.DeepClone(); return;
            case "add": if (IsNumber(value) && (current is null || IsNumber(current))) of[name] = (current?.GetValue<long>() ?? 0) + value.GetValue<long>(); return;
            case "append": of[name] = List([.. Elements(current), .. Elements(value)]); return;
            case "prepend": of[name] = List([.. Elements(value), .. Elements(current)]); return;
            case "union": of[name] = List([.. Elements(current), .. New(current, value)]); return;
            case "union_first": of[name] = List([.. New(current, value), .. Elements(current)]); return;
            case "remove": if (current is JsonArray) of[name] = List(Elements(current).Where(element => !Elements(value).Exists(gone => JsonNode.DeepEquals(gone, element)))); return;
            default: throw new NotSupportedException(operation);
        }
    }

    static IEnumerable<JsonNode?> New(JsonNode? current, JsonNode value)
    {
        var seen = Elements(current);
        foreach (var element in Elements(value))
        {
            if (seen.Exists(other => JsonNode.DeepEquals(other, element))) continue;
            seen.Add(element);
            yield return element;
        }
    }

    static List<JsonNode?> Elements(JsonNode? value) => value is null ? [] : value is JsonArray list ? [.. list] : [value];

    static JsonArray List(IEnumerable<JsonNode?> elements) => [.. elements.Select(element => element?.DeepClone())];

    static bool IsNumber(JsonNode node) => node is JsonValue value && value.TryGetValue<long>(out _);
}
