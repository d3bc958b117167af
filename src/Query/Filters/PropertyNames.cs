namespace Cairn.Query.Filters;

/// <summary>What an accessor and a name in an expression mean: which property, of whom.</summary>
/// <remarks>Source: Mixpanel docs, "Default Properties": time, distinct_id and insert_id are event fields under these names.</remarks>
public static class PropertyNames
{
    static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["time"] = EventField.TimeSeconds,
        ["$time"] = EventField.Time,
        ["distinct_id"] = EventField.Person,
        ["$distinct_id"] = EventField.Person,
        ["$distinct_id_before_identity"] = EventField.DistinctId,
        ["$device_id"] = EventField.DeviceId,
        ["$user_id"] = EventField.UserId,
        ["$insert_id"] = EventField.InsertId,
        ["$event_name"] = EventField.Name,
    };

    public static bool IsAccessor(string word) =>
        word.ToLowerInvariant() is "properties" or "user" or "user_at_event" or "event" or "group" or "group_at_event" or "cohort" or "behaviors";

    /// <summary>The property that <c>accessor["name"]</c> means.</summary>
    public static PropertyReference Resolve(string accessor, string name) => accessor.ToLowerInvariant() switch
    {
        "user" => new(PropertyScope.User, name),
        "user_at_event" => new(PropertyScope.UserAtEvent, name),
        "group" => new(PropertyScope.Group, name),
        "cohort" => new(PropertyScope.Cohort, name),
        "event" when name is "event" or "name" => new(PropertyScope.EventField, EventField.Name),
        _ when Fields.TryGetValue(name, out var field) => new(PropertyScope.EventField, field),
        _ => new(PropertyScope.Event, name),
    };
}
