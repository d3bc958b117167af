using System.Text;

namespace Cairn.Ingestion.Amplitude;

/// <summary>
/// The name under which each top-level field of an Amplitude event is kept as a property, and back again for the raw
/// export. Where Mixpanel reserves a name for the same thing, that name is taken, so that a chart by <c>$os_version</c>
/// counts both vendors' SDKs; the dollar keeps a field apart from an event property that happens to be called "country".
/// </summary>
/// <remarks>The whole table, with its reasons, is docs/wire/amplitude.md, "Fields and properties".</remarks>
public static class AmplitudeFields
{
    static readonly Entry[] Entries =
    [
        new("user_id", AmplitudeField.UserId),
        new("device_id", AmplitudeField.DeviceId),
        new("event_type", AmplitudeField.EventType),
        new("time", AmplitudeField.Time),
        new("insert_id", AmplitudeField.InsertId),
        new("session_id", AmplitudeField.SessionId),
        new("library", AmplitudeField.Library),
        new("event_properties", AmplitudeField.EventProperties),
        new("user_properties", AmplitudeField.UserProperties),
        new("groups", AmplitudeField.Groups),
        new("group_properties", AmplitudeField.GroupProperties),
        new("$skip_user_properties_sync", AmplitudeField.SkipUserPropertiesSync),
        new("platform", AmplitudeField.Platform, "$platform"),
        new("os_name", AmplitudeField.OsName, "$os"),
        new("os_version", AmplitudeField.OsVersion, "$os_version"),
        new("device_brand", AmplitudeField.DeviceBrand, "$brand"),
        new("device_manufacturer", AmplitudeField.DeviceManufacturer, "$manufacturer"),
        new("device_model", AmplitudeField.DeviceModel, "$model"),
        new("carrier", AmplitudeField.Carrier, "$carrier"),
        new("country", AmplitudeField.Country, "$country"),
        new("region", AmplitudeField.Region, "$region"),
        new("city", AmplitudeField.City, "$city"),
        new("dma", AmplitudeField.Dma, "$dma"),
        new("app_version", AmplitudeField.AppVersion, "$app_version_string"),
        new("version_name", AmplitudeField.AppVersion, "$app_version_string"),
        new("language", AmplitudeField.Language, "$language"),
        new("paying", AmplitudeField.Paying, "$paying"),
        new("start_version", AmplitudeField.StartVersion, "$start_version"),
        new("price", AmplitudeField.Price, "$price"),
        new("quantity", AmplitudeField.Quantity, "$quantity"),
        new("revenue", AmplitudeField.Revenue, "$revenue"),
        new("productId", AmplitudeField.ProductId, "$productId"),
        new("revenueType", AmplitudeField.RevenueType, "$revenueType"),
        new("currency", AmplitudeField.Currency, "$currency"),
        new("receipt", AmplitudeField.Receipt, "$receipt"),
        new("receiptSig", AmplitudeField.ReceiptSig, "$receiptSig"),
        new("user_agent", AmplitudeField.UserAgent, "$user_agent"),
        new("location_lat", AmplitudeField.LocationLat, "$latitude"),
        new("location_lng", AmplitudeField.LocationLng, "$longitude"),
        new("idfa", AmplitudeField.Idfa, "$idfa"),
        new("idfv", AmplitudeField.Idfv, "$idfv"),
        new("adid", AmplitudeField.Adid, "$adid"),
        new("android_id", AmplitudeField.AndroidId, "$android_id"),
        new("android_app_set_id", AmplitudeField.AndroidAppSetId, "$android_app_set_id"),
        new("event_id", AmplitudeField.EventId, "$event_id"),
        new("partner_id", AmplitudeField.PartnerId, "$partner_id"),
        new("plan", AmplitudeField.Plan, "$plan"),
        new("ingestion_metadata", AmplitudeField.IngestionMetadata, "$ingestion_metadata"),
        new("global_user_properties", AmplitudeField.GlobalUserProperties, "$global_user_properties"),
        // Names of the legacy upload, and of the group identify API.
        new("timestamp", AmplitudeField.Time, Names: FieldNames.Legacy),
        new("uuid", AmplitudeField.InsertId, Names: FieldNames.Legacy),
        new("api_properties", AmplitudeField.ApiProperties, Names: FieldNames.Legacy),
        new("group_type", AmplitudeField.GroupType, Names: FieldNames.Forms),
        new("group_value", AmplitudeField.GroupValue, Names: FieldNames.Forms),
    ];

    static readonly Entry[][] ByLength = Entries
        .GroupBy(entry => entry.Wire.Length)
        .Aggregate(new Entry[Entries.Max(entry => entry.Wire.Length) + 1][], (table, group) =>
        {
            table[group.Key] = [.. group];
            return table;
        });

    static readonly byte[][] Quoted = [.. Enum.GetValues<AmplitudeField>()
        .Select(field => Entries.FirstOrDefault(entry => entry.Field == field && entry.Property.Length > 0))
        .Select(entry => entry is null ? [] : Encoding.UTF8.GetBytes($"\"{entry.Property}\""))];

    /// <summary>How many fields there are; arrays indexed by <see cref="AmplitudeField"/> have this length.</summary>
    internal static readonly int Count = Enum.GetValues<AmplitudeField>().Length;

    /// <summary>Every name that an upload may use.</summary>
    public static IEnumerable<string> WireNames => Entries.Select(entry => entry.Name);

    /// <summary>The property a field of the wire is kept as; null where it becomes something else than a property.</summary>
    /// <param name="wireName">As in an upload: <c>os_name</c>.</param>
    public static string? PropertyOf(string wireName) =>
        Array.Find(Entries, entry => entry.Name == wireName) is { Property.Length: > 0 } found ? found.Property : null;

    /// <summary>The field of the wire that is kept as a property; null for any other property.</summary>
    /// <param name="propertyName">As kept: <c>$os</c>.</param>
    public static string? WireNameOf(string propertyName) =>
        Array.Find(Entries, entry => entry.Property == propertyName)?.Name;

    /// <summary>Which field a name on the wire stands for; <see cref="AmplitudeField.None"/> for one that is ignored.</summary>
    internal static AmplitudeField Find(ReadOnlySpan<byte> wireName, FieldNames names)
    {
        if (wireName.Length >= ByLength.Length) return AmplitudeField.None;
        foreach (var entry in ByLength[wireName.Length] ?? [])
            if (wireName.SequenceEqual(entry.Wire) && (entry.Names == FieldNames.HttpV2 || entry.Names == names)) return entry.Field;
        return AmplitudeField.None;
    }

    /// <summary>Which field is kept under a property's name; <see cref="AmplitudeField.None"/> for any other property.</summary>
    internal static AmplitudeField FindProperty(ReadOnlySpan<byte> propertyName)
    {
        for (var field = 1; field < Quoted.Length; field++)
            if (Quoted[field].Length == propertyName.Length + 2 && propertyName.SequenceEqual(Quoted[field].AsSpan(1..^1))) return (AmplitudeField)field;
        return AmplitudeField.None;
    }

    /// <summary>The quoted JSON name of a field's property.</summary>
    internal static ReadOnlyMemory<byte> QuotedProperty(AmplitudeField field) => Quoted[(int)field];

    internal static string NameOf(AmplitudeField field) => Array.Find(Entries, entry => entry.Field == field)!.Name;

    sealed record Entry(string Name, AmplitudeField Field, string Property = "", FieldNames Names = FieldNames.HttpV2)
    {
        public byte[] Wire { get; } = Encoding.UTF8.GetBytes(Name);
    }
}
