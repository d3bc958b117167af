namespace Cairn.Ingestion.Segment;

/// <summary>What a message asks for: its <c>type</c>, or the path it came by.</summary>
/// <remarks>Source: Segment docs, "Spec", "API calls".</remarks>
public enum SegmentCall
{
    /// <summary>Neither the message nor its path says; it can't be translated.</summary>
    Unknown,

    Track,
    Identify,
    Page,
    Screen,
    Group,
    Alias,
}
