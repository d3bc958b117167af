using Cairn.Ingestion.Clock;

namespace Cairn.Ingestion.Segment;

/// <summary>Corrects a sender's clock by the time it gave for the sending.</summary>
/// <param name="ReceivedAtMs">When we read the request, Unix milliseconds.</param>
/// <remarks>Source: Segment docs, "Spec: Common Fields", "Timestamps": receivedAt - (sentAt - originalTimestamp), without a tolerance.</remarks>
readonly record struct SegmentClock(long ReceivedAtMs)
{
    /// <summary>When a message happened by our clock; not before 1970.</summary>
    /// <param name="originalMs">By the sender's clock, Unix milliseconds.</param>
    /// <param name="sentAtMs">When it was sent, by the same clock; 0 where the sender doesn't say: then its clock is taken for right.</param>
    public long Correct(long originalMs, long sentAtMs) =>
        sentAtMs == 0 ? originalMs : Math.Clamp(originalMs + (ReceivedAtMs - sentAtMs), 1, IsoTime.MaxMs);
}
