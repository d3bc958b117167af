namespace Cairn.Ingestion.Stages;

/// <summary>What the stream and the tables carry of one item, whatever the dialect; a dialect's own, narrower limits are its translator's.</summary>
static class ItemLimits
{
    /// <summary>Bytes of an event's name: Amplitude's 1,024 characters, the longest of the three, at their widest. Source: Amplitude, "HTTP V2 API".</summary>
    public const int MaxNameBytes = 4 * 1024;

    /// <summary>Bytes of an id, an insert id or a session: Amplitude's 1,024 characters at their widest, with room for "$device:". Source: as above.</summary>
    public const int MaxIdBytes = (4 * 1024) + 8;

    /// <summary>Properties of one item: as many as a file has columns for. Mixpanel's own is 255 ("Import Events"), Amplitude's SDKs send 1,024.</summary>
    public const int MaxProperties = Storage.Rows.RowLayout.MaxPropertyColumns;

    /// <summary>Bytes of a property's name as it stands in the JSON: Mixpanel's 255 characters, each at most an escape of 6. Source: Mixpanel, "Limits".</summary>
    public const int MaxPropertyNameBytes = 255 * 6;

    /// <summary>Levels of objects and lists, the properties' own object counted: what readers of stored JSON follow (64) with room to wrap it. Amplitude's is 40, Mixpanel's 3.</summary>
    public const int MaxDepth = 62;

    /// <summary>
    /// Bytes of one text value as it stands in the JSON; a longer one is cut. Both vendors cut as well, sooner: Mixpanel at 255
    /// bytes ("Import Events"), Amplitude at 1,024 characters ("HTTP V2 API", "Considerations").
    /// </summary>
    public const int MaxValueBytes = 8 * 1024;

    /// <summary>Bytes of all texts of an item: Mixpanel's 1 MB an event ("Import Events"), and what fits one message of the stream.</summary>
    public const int MaxItemBytes = 1_000_000;
}
