using System.Text.Json;

namespace Cairn.Model.Profiles;

/// <summary>Merges objects deeply: a member that is an object on both sides is merged, null takes a member away, anything else replaces.</summary>
static class ObjectMerge
{
    /// <summary>The merged object; where either is no object, the argument.</summary>
    public static PropertyValue? Of(PropertyValue? current, JsonElement argument)
    {
        if (current is not { Kind: JsonValueKind.Object } || argument.ValueKind != JsonValueKind.Object) return PropertyValue.From(argument);
        using var document = JsonDocument.Parse(current.Json);
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, document.RootElement, argument);
        return PropertyValue.Parse(buffer.ToArray());
    }

    static void Write(Utf8JsonWriter writer, JsonElement current, JsonElement argument)
    {
        writer.WriteStartObject();
        foreach (var member in current.EnumerateObject())
        {
            if (!argument.TryGetProperty(member.Name, out var change))
            {
                member.WriteTo(writer);
            }
            else if (change.ValueKind == JsonValueKind.Object && member.Value.ValueKind == JsonValueKind.Object)
            {
                writer.WritePropertyName(member.Name);
                Write(writer, member.Value, change);
            }
            else if (change.ValueKind != JsonValueKind.Null)
            {
                writer.WritePropertyName(member.Name);
                change.WriteTo(writer);
            }
        }
        foreach (var member in argument.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null && !current.TryGetProperty(member.Name, out _)) member.WriteTo(writer);
        writer.WriteEndObject();
    }
}
