using Cairn.Ingestion.Amplitude;
using Cairn.Query.Filters;

namespace Cairn.Api.Amplitude;

/// <summary>What Amplitude's names of properties mean here.</summary>
/// <remarks>
/// Source: Amplitude docs, "Dashboard REST API", "Group by properties": built-in user properties by bare name, custom ones as <c>gp:name</c>, groups as
/// <c>grp:name</c>. All are as they were at the event: what the event itself carries goes before what was known of the user.
/// </remarks>
static class UserProperties
{
    /// <summary>Built-in names that are not the upload's own.</summary>
    static readonly Dictionary<string, string> UploadNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["version"] = "app_version", ["os"] = "os_name", ["device"] = "device_model", ["device_type"] = "device_model", ["device_family"] = "device_model",
        ["country"] = "country", ["city"] = "city", ["region"] = "region", ["dma"] = "dma", ["language"] = "language", ["platform"] = "platform",
        ["carrier"] = "carrier", ["start_version"] = "start_version", ["paying"] = "paying",
    };

    /// <summary>A user property.</summary>
    /// <exception cref="AmplitudeQueryException">There is none of this name.</exception>
    public static Expression Named(string name)
    {
        if (name.StartsWith("gp:", StringComparison.Ordinal)) return Of(PropertyScope.UserAtEvent, name[3..]);
        if (name.StartsWith("grp:", StringComparison.Ordinal)) return Of(PropertyScope.Group, name[4..]);
        if (name == "user_id") return Of(PropertyScope.EventField, EventField.UserId);
        if (name == "library") return Of(PropertyScope.EventField, EventField.Sdk);
        if (!UploadNames.TryGetValue(name, out var uploadName) || AmplitudeFields.PropertyOf(uploadName) is not { } property)
            throw new AmplitudeQueryException($"Invalid user property {name}");
        return new Expression.Call(Function.If, [new Expression.Call(Function.Defined, [Of(PropertyScope.Event, property)]), Of(PropertyScope.Event, property), Of(PropertyScope.UserAtEvent, property)]);
    }

    /// <summary>A property of an event, a user or a group, by the kind that a filter or a grouping names.</summary>
    /// <exception cref="AmplitudeQueryException">The kind is unknown.</exception>
    public static Expression Named(string kind, string name) => kind switch
    {
        "event" => Of(PropertyScope.Event, name),
        "user" => Named(name),
        "group" => Of(PropertyScope.Group, name.StartsWith("grp:", StringComparison.Ordinal) ? name[4..] : name),
        _ => throw new AmplitudeQueryException($"Invalid property type {kind}: event, user or group"),
    };

    static Expression.Property Of(PropertyScope scope, string name) => new(new(scope, name));
}
