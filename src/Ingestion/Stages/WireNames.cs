using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>How each dialect's senders spell the fields that a stage can find at fault, for <see cref="Verdict.Field"/>.</summary>
/// <remarks>Sources: Mixpanel, "Import Events" (the messages name <c>properties.time</c> but <c>$insert_id</c> alone); Amplitude, "HTTP V2 API"; Segment, "Spec: Common Fields".</remarks>
static class WireNames
{
    public static string Name(in Item item) => item.Kind == ItemKind.GroupUpdate ? GroupKey(item.Dialect) : item.Dialect switch
    {
        Dialect.Mixpanel => "event",
        Dialect.Amplitude => "event_type",
        Dialect.Segment => "event",
    };

    public static string GroupKey(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "$group_key",
        Dialect.Amplitude => "group_type",
        Dialect.Segment => "groupType",
    };

    public static string Id(in Item item) => (item.Dialect, item.Kind) switch
    {
        (Dialect.Mixpanel, ItemKind.ProfileUpdate) => "$distinct_id",
        (Dialect.Mixpanel, ItemKind.GroupUpdate) => "$group_id",
        (Dialect.Mixpanel, _) => "properties.distinct_id",
        (Dialect.Amplitude, ItemKind.GroupUpdate) => "group_value",
        (Dialect.Amplitude, _) => "user_id",
        (_, ItemKind.GroupUpdate) => "groupId",
        _ => "userId",
    };

    public static string DeviceId(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "properties.$device_id",
        Dialect.Amplitude => "device_id",
        Dialect.Segment => "anonymousId",
    };

    public static string UserId(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "properties.$user_id",
        Dialect.Amplitude => "user_id",
        Dialect.Segment => "userId",
    };

    public static string Time(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "properties.time",
        Dialect.Amplitude => "time",
        Dialect.Segment => "timestamp",
    };

    public static string InsertId(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "$insert_id",
        Dialect.Amplitude => "insert_id",
        Dialect.Segment => "messageId",
    };

    public static string Session(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "properties.$session_id",
        Dialect.Amplitude => "session_id",
        Dialect.Segment => "context.sessionId",
    };

    public static string Properties(in Item item) => (item.Dialect, item.Kind) switch
    {
        (Dialect.Amplitude, ItemKind.Event) => "event_properties",
        (Dialect.Amplitude, ItemKind.GroupUpdate) => "group_properties",
        (Dialect.Amplitude, _) => "user_properties",
        (Dialect.Segment, not ItemKind.Event) => "traits",
        _ => "properties",
    };
}
