namespace Cairn.Ingestion.Segment;

/// <summary>What the Segment endpoints accept at most: at least what Segment and RudderStack take, so that no client is turned away here first.</summary>
/// <remarks>Sources: Segment docs, "HTTP API Source", "Max request size" (500 KB and 2,500 messages a batch, 32 KB a message); RudderStack docs, "HTTP API" (4 MB).</remarks>
public static class SegmentLimits
{
    /// <summary>Bytes of a body, inflated: RudderStack's 4 MB, eight times Segment's.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    public const int MaxMessagesPerRequest = 2500;

    /// <summary>Bytes of one message as it stands in the body: what fits into one message of the stream with everything added.</summary>
    public const int MaxMessageBytes = StreamLimits.MaxLoneMessageBytes - 64 * 1024;

    /// <summary>Levels of objects and arrays in properties or traits; the same as for Amplitude's events.</summary>
    public const int MaxDepth = 40;

    /// <summary>Characters of an event's name, of an id or of a group's id; the same as for Amplitude's events.</summary>
    public const int MaxNameChars = 1024;
}
