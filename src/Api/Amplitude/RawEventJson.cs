using System.Text.Json;
using Cairn.Ingestion.Amplitude;
using Cairn.Model.Profiles;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;

namespace Cairn.Api.Amplitude;

/// <summary>An event as Amplitude's raw export writes it: every key always there, null where nothing is known.</summary>
/// <remarks>Source: Amplitude docs, "Export API", "Exported data format", and exported files seen in public. Events of other dialects are written the same way.</remarks>
static class RawEventJson
{
    /// <summary>Keys whose value is a field of the upload, in the order written.</summary>
    static readonly string[] UploadFields =
    [
        "adid", "carrier", "city", "country", "device_brand", "device_manufacturer", "device_model", "dma", "idfa", "language", "location_lat", "location_lng", "os_name", "os_version",
        "partner_id", "paying", "platform", "region", "start_version", "app_version",
    ];

    /// <summary>How three of them are called in an export.</summary>
    static readonly Dictionary<string, string> ExportNames = new(StringComparer.Ordinal) { ["carrier"] = "device_carrier", ["app_version"] = "version_name" };

    /// <summary>The version of the vendor's format that this is.</summary>
    const int Schema = 13;

    /// <param name="app">The project's number.</param>
    /// <param name="forActivity">Whether the keys that only a user's activity has are written too.</param>
    public static void Write(Utf8JsonWriter json, EventRow row, string app, bool forActivity)
    {
        var profile = row.ProfileAtEvent;
        json.WriteStartObject();
        json.WriteString("$insert_id", row.InsertId ?? row.ItemId);
        json.WriteNull("$insert_key");
        json.WriteNumber("$schema", Schema);
        json.WriteNull("amplitude_attribution_ids");
        json.WriteNull("amplitude_event_type");
        json.WriteNumber("amplitude_id", AmplitudeId.Of(row.Person ?? ""));
        json.WritePropertyName("app");
        json.WriteRawValue(long.TryParse(app, out _) ? app : JsonSerializer.Serialize(app));
        WriteTimes(json, row);
        WriteFields(json, row, profile);
        json.WriteStartObject("data");
        json.WriteStartObject("group_ids");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("data_type", "event");
        json.WriteNull("device_family");
        json.WriteString("device_id", row.DeviceId);
        json.WritePropertyName("device_type");
        row.WriteProperty(json, "$model");
        json.WriteNull("event_id");
        json.WriteStartObject("event_properties");
        row.WriteProperties(json, name => name != OwnProfiles.Property && AmplitudeFields.WireNameOf(name) is null);
        json.WriteEndObject();
        json.WriteString("event_type", row.Name);
        WriteEmpty(json, "global_user_properties", "group_properties");
        json.WriteStartObject("groups");
        row.WriteGroups(json, asLists: true);
        json.WriteEndObject();
        json.WriteNull("ip_address");
        json.WriteBoolean("is_attribution_event", false);
        json.WriteString("library", row.Sdk);
        WriteEmpty(json, "plan");
        json.WriteNull("sample_rate");
        json.WritePropertyName("session_id");
        json.WriteRawValue(long.TryParse(row.SessionId, out var session) ? $"{session}" : "-1");
        json.WriteNull("source_id");
        json.WriteNull("user_creation_time");
        json.WriteString("user_id", row.UserId);
        json.WriteStartObject("user_properties");
        WriteUserProperties(json, profile);
        json.WriteEndObject();
        json.WriteString("uuid", row.ItemId);
        if (forActivity) WriteActivity(json, row);
        json.WriteEndObject();
    }

    /// <summary>The user's own properties: built-in ones have keys of their own.</summary>
    public static void WriteUserProperties(Utf8JsonWriter json, Profile? profile)
    {
        foreach (var (name, value) in profile?.Properties ?? new Dictionary<string, PropertyValue>())
        {
            if (AmplitudeFields.WireNameOf(name) is not null) continue;
            json.WritePropertyName(name);
            json.WriteRawValue(value.Json.Span);
        }
    }

    static void WriteTimes(Utf8JsonWriter json, EventRow row)
    {
        var (time, received) = (AmplitudeTimes.Raw(row.TimeMs), AmplitudeTimes.Raw(row.ReceivedAtMs));
        json.WriteString("client_event_time", time);
        json.WriteString("client_upload_time", received);
        json.WriteString("event_time", time);
        json.WriteString("processed_time", received);
        json.WriteString("server_received_time", received);
        json.WriteString("server_upload_time", received);
    }

    /// <summary>What the event carries itself, else what was known of the user.</summary>
    static void WriteFields(Utf8JsonWriter json, EventRow row, Profile? profile)
    {
        foreach (var field in UploadFields)
        {
            var property = AmplitudeFields.PropertyOf(field)!;
            json.WritePropertyName(ExportNames.GetValueOrDefault(field, field));
            if (!row.HasProperty(property) && profile?[property] is { } known) json.WriteRawValue(known.Json.Span);
            else row.WriteProperty(json, property);
        }
    }

    static void WriteActivity(Utf8JsonWriter json, EventRow row)
    {
        json.WriteString("raw_event_type", row.Name);
        json.WritePropertyName("os");
        row.WriteProperty(json, "$os");
    }

    static void WriteEmpty(Utf8JsonWriter json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            json.WriteStartObject(name);
            json.WriteEndObject();
        }
    }
}
