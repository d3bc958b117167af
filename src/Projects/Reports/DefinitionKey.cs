using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cairn.Projects.Reports;

/// <summary>Tells whether two questions are the same one: a hash of the report and its JSON, whatever the order of members and without <c>as_of</c>.</summary>
public static class DefinitionKey
{
    /// <summary>The member that says when a question is asked, which is no part of what is asked.</summary>
    public const string AsOf = "as_of";

    /// <returns>Hex digits.</returns>
    public static string Of(ReportKind kind, string definition)
    {
        using var json = JsonDocument.Parse(definition);
        return Of(kind, json.RootElement);
    }

    /// <returns>Hex digits.</returns>
    public static string Of(ReportKind kind, JsonElement definition)
    {
        var text = new StringBuilder().Append((int)kind).Append(' ');
        Write(definition, text, leaveOut: AsOf);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    static void Write(JsonElement element, StringBuilder text, string? leaveOut = null)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                // A null says what an absent member does.
                foreach (var member in element.EnumerateObject().Where(member => member.Name != leaveOut && member.Value.ValueKind != JsonValueKind.Null).OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    text.Append(JsonSerializer.Serialize(member.Name)).Append(':');
                    Write(member.Value, text);
                    text.Append(',');
                }
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, text);
                    text.Append(',');
                }
                text.Append(']');
                break;
            case JsonValueKind.String: text.Append(JsonSerializer.Serialize(element.GetString())); break;
            default: text.Append(element.GetRawText()); break;
        }
    }
}
