using System.Globalization;
using System.Text.Json;
using Cairn.Ingestion.Amplitude;
using Cairn.Model.Profiles;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Rows;
using Cairn.Storage.Rows;

namespace Cairn.Api.Amplitude;

/// <summary>What Amplitude's user activity says of a user beside the events: gathered event by event, oldest first, so that a user with a million of them is summed up without holding them.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "User activity": purchases and revenue are texts, an unset text is empty, an unset place two impossible numbers.</remarks>
/// <param name="person">Null where nobody has the id.</param>
sealed class UserSummary(string? person)
{
    const string Nowhere = "1.7976931348623157E308", Revenue = "$revenue";

    /// <summary>Keys whose value is the latest known one of an upload's field.</summary>
    static readonly (string Key, string UploadField)[] LatestFields =
    [
        ("platform", "platform"), ("os", "os_name"), ("version", "app_version"), ("device", "device_model"), ("device_type", "device_model"), ("carrier", "carrier"), ("country", "country"),
        ("region", "region"), ("city", "city"), ("dma", "dma"), ("language", "language"), ("start_version", "start_version"), ("paying", "paying"),
    ];

    static readonly HashSet<string> Columns =
    [
        RowLayout.Time, RowLayout.ReceivedAt, RowLayout.ItemId, RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId, RowLayout.SessionId, RowLayout.Sdk,
        RowLayout.Number + Revenue, .. LatestFields.Select(field => RowLayout.Text + AmplitudeFields.PropertyOf(field.UploadField)),
    ];

    readonly OrderedDictionary<string, (long FirstMs, long LastMs)> sessions = new(StringComparer.Ordinal);
    readonly OrderedDictionary<string, bool> devices = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> latest = new(StringComparer.Ordinal);
    long count, firstMs, lastMs, purchases;
    double revenue;
    string? userId, deviceId, sdk;
    Profile? profile;

    /// <summary>Whether a column of events is looked at.</summary>
    public static bool Reads(string column) => Columns.Contains(column);

    /// <summary>Takes one more event in.</summary>
    /// <param name="row">No earlier than those before.</param>
    public void Add(EventRow row)
    {
        if (count++ == 0) firstMs = row.TimeMs;
        lastMs = row.TimeMs;
        sdk = row.Sdk;
        if (row.UserId is { } user) userId = user;
        if (row.DeviceId is { } device) devices.TryAdd(deviceId = device, true);
        if (row.SessionId is { } session) sessions[session] = (sessions.TryGetValue(session, out var times) ? times.FirstMs : row.TimeMs, row.TimeMs);
        if (row.Number(Revenue) is { } paid) (purchases, revenue) = (purchases + 1, revenue + paid);
        foreach (var (_, field) in LatestFields)
            if (AmplitudeFields.PropertyOf(field) is { } property && row.Text(property) is { } text) latest[property] = text;
        profile ??= row.CurrentProfile;
    }


    /// <summary>Writes the members of the object that is open.</summary>
    public void Write(Utf8JsonWriter json, ReportProject project)
    {
        json.WriteString("user_id", userId);
        if (person is null) json.WriteNull("canonical_amplitude_id");
        else json.WriteNumber("canonical_amplitude_id", AmplitudeId.Of(person));
        WriteEmptyLists(json, "merged_amplitude_ids");
        json.WriteNumber("num_events", count);
        json.WriteNumber("num_sessions", sessions.Count);
        json.WriteNumber("usage_time", sessions.Values.Sum(session => session.LastMs - session.FirstMs));
        json.WriteString("first_used", count == 0 ? null : AmplitudeTimes.Day(firstMs, project.Zone));
        json.WriteString("last_used", count == 0 ? null : AmplitudeTimes.Day(lastMs, project.Zone));
        json.WriteString("purchases", purchases.ToString(CultureInfo.InvariantCulture));
        json.WriteString("revenue", ValueText.Number(Math.Round(revenue, 6)));
        foreach (var (key, field) in LatestFields)
        {
            var property = AmplitudeFields.PropertyOf(field)!;
            json.WriteString(key, latest.GetValueOrDefault(property) ?? profile?[property]?.Text ?? "");
        }
        json.WriteString("library", sdk ?? "");
        json.WriteString("ip_address", "");
        json.WriteStartArray("device_ids");
        foreach (var device in devices.Keys) json.WriteStringValue(device);
        json.WriteEndArray();
        json.WriteString("last_device_id", deviceId);
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
