using Cairn.Ingestion.Bodies;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>What one request in Mixpanel's dialect may hold. Source, where it is theirs: Mixpanel docs, "Import Events", "Rate limits", "Limits".</summary>
public static class MixpanelLimits
{
    /// <summary>Bytes of a body, on the wire and inflated: the import endpoint's documented 10 MB.</summary>
    public const int MaxBodyBytes = 10 * 1024 * 1024;

    /// <summary>Records in one request; theirs.</summary>
    public const int MaxRecords = 2_000;

    /// <summary>Bytes of one record as JSON; theirs, and what fits into one message of the stream.</summary>
    public const int MaxRecordBytes = 1_000_000;

    /// <summary>Characters of an event's name; what is longer is cut, as they do.</summary>
    public const int MaxNameChars = 255;

    /// <summary>Properties of an event at a strict import; theirs.</summary>
    public const int MaxStrictProperties = 255;

    /// <summary>Properties of an event or an update otherwise; as many columns as a table has for properties.</summary>
    public const int MaxProperties = 2_000;

    /// <summary>Bytes of an insert id at a strict import; theirs. Elsewhere a longer one is kept whole.</summary>
    public const int MaxStrictInsertIdBytes = 36;

    /// <summary>Bytes of a property's name in an update, as it stands in the JSON: their 255 characters, each at most an escape of 6.</summary>
    public const int MaxPropertyNameBytes = 255 * 6;

    /// <summary>Levels of lists and objects inside one property; theirs is 3, ours what readers of the stored JSON can follow.</summary>
    public const int MaxDepth = 60;

    /// <summary>Nesting that a whole body may have before it counts as malformed; a deep property below it spoils only its record.</summary>
    public const int MaxReadDepth = 10_000;

    /// <summary>The body of an ingestion request.</summary>
    public static readonly BodyLimits Body = BodyLimits.OfBytes(MaxBodyBytes);
}
