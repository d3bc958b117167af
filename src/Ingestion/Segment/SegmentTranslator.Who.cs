using System.Buffers.Text;
using Cairn.Ingestion.Clock;
using Cairn.Ingestion.Json;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Segment;

public sealed partial class SegmentTranslator
{
    /// <summary>Numbers below it are seconds: as milliseconds they would lie in 1973.</summary>
    const long SecondsBelow = 100_000_000_000;

    // Who and when, for every item of the record.

    bool ReadWho()
    {
        userId = TextOf(message.UserId);
        deviceId = TextOf(message.AnonymousId);
        if (Utf8Length.CountChars(userId.Span) > SegmentLimits.MaxNameChars) batch.Reject(RejectReason.IdTooLong, "userId");
        else if (Utf8Length.CountChars(deviceId.Span) > SegmentLimits.MaxNameChars) batch.Reject(RejectReason.IdTooLong, "anonymousId");
        else if (userId.IsEmpty && deviceId.IsEmpty) batch.Reject(RejectReason.MissingDistinctId, "userId");
        else
        {
            distinctId = userId.IsEmpty ? batch.Scratch.Keep("$device:"u8, deviceId.Span) : userId;
            return true;
        }
        return false;
    }

    void ReadContext()
    {
        context.Clear();
        context.Add(message.Context, batch.Scratch);
        context.Add(batchContext);
    }

    void ReadTimes()
    {
        sentTimeMs = ReadTime(message.OriginalTimestamp);
        if (sentTimeMs == 0) sentTimeMs = ReadTime(message.Timestamp);
        var sentAtMs = ReadTime(message.SentAt);
        // Without a time of its own a message happened when it was received.
        timeMs = sentTimeMs == 0 ? 0 : clock.Correct(sentTimeMs, sentAtMs == 0 ? batchSentAtMs : sentAtMs);
    }

    // Unix milliseconds; 0 where there is no time or none that can be read, which the vendor forgives.
    static long ReadTime(ReadOnlyMemory<byte> token)
    {
        switch (token.Span)
        {
            case [(byte)'"', ..]:
                // A time before 1970 is a program's way to say that it has none: Go and .NET begin at year 1.
                return IsoTime.TryParse(token.Span[1..^1], out var unixMs) && unixMs > 0 ? unixMs : 0;
            case [>= (byte)'0' and <= (byte)'9', ..]:
                if (!Utf8Parser.TryParse(token.Span, out double number, out _) || number > IsoTime.MaxMs) return 0;
                return (long)(number < SecondsBelow ? number * 1000 : number);
            default:
                return 0;
        }
    }

    // For messages that become no event: of an event, the consumer reads it off the two ids.
    void AddLinkClaim()
    {
        if (userId.IsEmpty || deviceId.IsEmpty) return;
        Claim(LinkRule.SegmentAnonymousAndUser, batch.Scratch.Keep("$device:"u8, deviceId.Span));
    }

    // The id that goes stays as it was sent: whether it is an account's or an anonymous one is decided in the fold.
    void AddAlias()
    {
        var previousId = TextOf(message.PreviousId);
        if (userId.IsEmpty) batch.Reject(RejectReason.MissingDistinctId, "userId");
        else if (previousId.IsEmpty) batch.Reject(RejectReason.MissingDistinctId, "previousId");
        else
        {
            AddLinkClaim();
            if (!previousId.Span.SequenceEqual(userId.Span)) Claim(LinkRule.SegmentAlias, previousId);
        }
    }

    void Claim(LinkRule rule, ReadOnlyMemory<byte> otherId)
    {
        ref var claim = ref batch.Add(ItemKind.LinkClaim);
        claim.LinkRule = rule;
        claim.Token = TextOf(message.WriteKey);
        claim.DistinctId = userId;
        claim.OtherId = otherId;
        claim.TimeMs = timeMs;
        claim.SentTimeMs = sentTimeMs;
    }
}
