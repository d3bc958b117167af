using System.Globalization;
using System.Text.Json;
using Cairn.Ingestion.Amplitude;
using Cairn.Model.Profiles;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Persons;
using Cairn.Query.Rows;

namespace Cairn.Api.Amplitude;

/// <summary>What Amplitude's user activity says of a user beside the events.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "User activity": purchases and revenue are texts, an unset text is empty, an unset place two impossible numbers.</remarks>
static class UserSummary
{
    const string Nowhere = "1.7976931348623157E308";

    /// <summary>Keys whose value is the latest known one of an upload's field.</summary>
    static readonly (string Key, string UploadField)[] LatestFields =
    [
        ("platform", "platform"), ("os", "os_name"), ("version", "app_version"), ("device", "device_model"), ("device_type", "device_model"), ("carrier", "carrier"), ("country", "country"),
        ("region", "region"), ("city", "city"), ("dma", "dma"), ("language", "language"), ("start_version", "start_version"), ("paying", "paying"),
    ];

    /// <param name="person">Null where nobody has the id.</param>
    /// <param name="events">All of the person's, oldest first.</param>
    public static void Write(Utf8JsonWriter json, ReportProject project, FoundPerson? person, IReadOnlyList<EventRow> events)
    {
        var profile = events.Count == 0 ? null : events[^1].CurrentProfile;
        json.WriteString("user_id", person?.UserId);
        if (person is null) json.WriteNull("canonical_amplitude_id");
        else json.WriteNumber("canonical_amplitude_id", AmplitudeId.Of(person.Person));
        WriteEmptyLists(json, "merged_amplitude_ids");
        json.WriteNumber("num_events", events.Count);
        WriteSessions(json, events);
        json.WriteString("first_used", events.Count == 0 ? null : AmplitudeTimes.Day(events[0].TimeMs, project.Zone));
        json.WriteString("last_used", events.Count == 0 ? null : AmplitudeTimes.Day(events[^1].TimeMs, project.Zone));
        WriteRevenue(json, events);
        foreach (var (key, field) in LatestFields) json.WriteString(key, Latest(events, profile, AmplitudeFields.PropertyOf(field)!));
        json.WriteString("library", events.Count == 0 ? "" : events[^1].Sdk ?? "");
        json.WriteString("ip_address", "");
        json.WriteStartArray("device_ids");
        foreach (var device in events.Select(row => row.DeviceId).OfType<string>().Distinct(StringComparer.Ordinal)) json.WriteStringValue(device);
        json.WriteEndArray();
        json.WriteString("last_device_id", person?.LastDeviceId);
        json.WriteStartObject("last_location");
        json.WriteString("lat", Nowhere);
        json.WriteString("lng", Nowhere);
        json.WriteEndObject();
        json.WriteStartObject("properties");
        RawEventJson.WriteUserProperties(json, profile);
        json.WriteEndObject();
        WriteEmptyObjects(json, "profileProperties", "groups", "merge_times");
        WriteEmptyLists(json, "aliasing_user_ids");
        json.WriteNull("aliased_user_id");
        json.WriteNull("aliased_amplitude_id");
        WriteEmptyObjects(json, "aliasing_profiles");
    }

    /// <summary>Sessions, and the milliseconds from each one's first event to its last.</summary>
    static void WriteSessions(Utf8JsonWriter json, IReadOnlyList<EventRow> events)
    {
        var sessions = events.Where(row => row.SessionId is not null).GroupBy(row => row.SessionId).ToArray();
        json.WriteNumber("num_sessions", sessions.Length);
        json.WriteNumber("usage_time", sessions.Sum(session => session.Max(row => row.TimeMs) - session.Min(row => row.TimeMs)));
    }

    static void WriteRevenue(Utf8JsonWriter json, IReadOnlyList<EventRow> events)
    {
        var revenues = events.Select(row => row.Number("$revenue")).OfType<double>().ToArray();
        json.WriteString("purchases", revenues.Length.ToString(CultureInfo.InvariantCulture));
        json.WriteString("revenue", ValueText.Number(Math.Round(revenues.Sum(), 6)));
    }

    static string Latest(IReadOnlyList<EventRow> events, Profile? profile, string property)
    {
        for (var i = events.Count - 1; i >= 0; i--)
            if (events[i].Text(property) is { } text) return text;
        return profile?[property]?.Text ?? "";
    }

    static void WriteEmptyLists(Utf8JsonWriter json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            json.WriteStartArray(name);
            json.WriteEndArray();
        }
    }

    static void WriteEmptyObjects(Utf8JsonWriter json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            json.WriteStartObject(name);
            json.WriteEndObject();
        }
    }
}
