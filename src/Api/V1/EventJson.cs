using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Rows;

namespace Cairn.Api.V1;

/// <summary>An event as our own API shows it.</summary>
static class EventJson
{
    /// <param name="kind">What it is, where it stands among other things; null: not said.</param>
    public static void Write(Utf8JsonWriter json, EventRow row, string? kind = null)
    {
        json.WriteStartObject();
        if (kind is not null) json.WriteString("kind", kind);
        json.WriteString("item_id", row.ItemId);
        json.WriteString("event", row.Name);
        json.WriteString("time", CoverageHeaders.Iso(row.TimeMs));
        json.WriteString("received_at", CoverageHeaders.Iso(row.ReceivedAtMs));
        json.WriteString("person", row.Person);
        json.WriteString("distinct_id", row.DistinctId);
        json.WriteString("device_id", row.DeviceId);
        json.WriteString("user_id", row.UserId);
        json.WriteString("insert_id", row.InsertId);
        json.WriteString("session_id", row.SessionId);
        json.WriteString("dialect", row.Dialect.ToString().ToLowerInvariant());
        json.WriteString("sdk", row.Sdk);
        json.WriteStartObject("properties");
        row.WriteProperties(json, _ => true);
        json.WriteEndObject();
        json.WriteStartObject("groups");
        row.WriteGroups(json, asLists: false);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
