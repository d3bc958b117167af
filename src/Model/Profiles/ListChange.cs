using System.Text.Json;

namespace Cairn.Model.Profiles;

/// <summary>Operations on lists. A single value stands for a list of it, on either side; elements are equal as JSON is.</summary>
/// <remarks>Sources: Mixpanel, "Append to Numerical Property" ff.; Amplitude, "Identify API", "user_properties supported operations".</remarks>
static class ListChange
{
    public static PropertyValue Append(PropertyValue? current, JsonElement added) => Change(current, added, (list, more) => [.. list, .. more]);

    public static PropertyValue Prepend(PropertyValue? current, JsonElement added) => Change(current, added, (list, more) => [.. more, .. list]);

    public static PropertyValue Union(PropertyValue? current, JsonElement added) => Change(current, added, (list, more) => [.. list, .. NewIn(list, more)]);

    public static PropertyValue UnionFirst(PropertyValue? current, JsonElement added) => Change(current, added, (list, more) => [.. NewIn(list, more), .. list]);

    /// <summary>Drops all equal elements; what is no list stays.</summary>
    public static PropertyValue? Remove(PropertyValue? current, JsonElement removed) => current is not { Kind: JsonValueKind.Array }
        ? current
        : Change(current, removed, (list, gone) => [.. list.Where(element => !gone.Exists(other => JsonElement.DeepEquals(element, other)))]);

    static PropertyValue Change(PropertyValue? current, JsonElement argument, Func<List<JsonElement>, List<JsonElement>, List<JsonElement>> change)
    {
        using var document = current is null ? null : JsonDocument.Parse(current.Json);
        var list = document is null ? [] : Elements(document.RootElement);
        return PropertyValue.Of(change(list, Elements(argument)));
    }

    static List<JsonElement> Elements(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    static List<JsonElement> NewIn(List<JsonElement> list, List<JsonElement> more)
    {
        var added = new List<JsonElement>();
        foreach (var element in more)
        {
            bool IsEqual(JsonElement other) => JsonElement.DeepEquals(element, other);
            if (!list.Exists(IsEqual) && !added.Exists(IsEqual)) added.Add(element);
        }
        return added;
    }
}
