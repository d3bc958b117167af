namespace Cairn.Ingestion.Amplitude;

/// <summary>The fields of an Amplitude event that we read; any other is ignored, as the vendor does.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", "Keys for the event argument". Order is ours and is never stored.</remarks>
public enum AmplitudeField
{
    None,

    // Who, what and when.
    UserId, DeviceId, EventType, Time, InsertId, SessionId, Library,

    // Containers.
    EventProperties, UserProperties, Groups, GroupProperties, SkipUserPropertiesSync,

    // The device group: setting one resets the others.
    Platform, OsName, OsVersion, DeviceBrand, DeviceManufacturer, DeviceModel, Carrier,

    // The geo group: setting one resets the others.
    Country, Region, City, Dma,

    // Kept on the user as well, each on its own.
    AppVersion, Language, Paying, StartVersion,

    // Money.
    Price, Quantity, Revenue, ProductId, RevenueType, Currency, Receipt, ReceiptSig,

    // Everything else that belongs to the event alone.
    UserAgent, LocationLat, LocationLng, Idfa, Idfv, Adid, AndroidId, AndroidAppSetId,
    EventId, PartnerId, Plan, IngestionMetadata, GlobalUserProperties,

    // The upload of the SDKs before 2020 names some of them otherwise.
    ApiProperties,

    // The group identify API.
    GroupType, GroupValue,
}
