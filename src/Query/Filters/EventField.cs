namespace Cairn.Query.Filters;

/// <summary>What every event has beside its properties, under the names that expressions use.</summary>
public static class EventField
{
    public const string Name = "event";

    /// <summary>When it happened, a moment.</summary>
    public const string Time = "time";

    /// <summary>When it happened, whole seconds since 1970, as Mixpanel's exports carry it.</summary>
    public const string TimeSeconds = "time_seconds";

    /// <summary>When it reached us, a moment.</summary>
    public const string ReceivedAt = "received_at";

    /// <summary>The person: the id that all linked ids stand for.</summary>
    public const string Person = "person";
    public const string DistinctId = "distinct_id";
    public const string DeviceId = "device_id";
    public const string UserId = "user_id";
    public const string InsertId = "insert_id";
    public const string SessionId = "session_id";
    public const string Sdk = "sdk";

    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        Name, Time, TimeSeconds, ReceivedAt, Person, DistinctId, DeviceId, UserId, InsertId, SessionId, Sdk,
    };
}
