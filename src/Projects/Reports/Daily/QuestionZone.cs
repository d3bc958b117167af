using System.Text.Json;

namespace Cairn.Projects.Reports.Daily;

/// <summary>The time zone that a question names for itself.</summary>
static class QuestionZone
{
    /// <summary>Null where it is the project's.</summary>
    public static string? Of(string definition)
    {
        using var json = JsonDocument.Parse(definition);
        return json.RootElement.TryGetProperty("time_zone", out var zone) && zone.ValueKind == JsonValueKind.String ? zone.GetString() : null;
    }
}
