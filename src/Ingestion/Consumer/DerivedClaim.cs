using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Consumer;

/// <summary>The claim that an event makes by carrying both a device and a user.</summary>
/// <remarks>
/// Mixpanel, simplified identity: "any event that contains both $device_id and $user_id" (docs, "Identifying users
/// (simplified)"); a project with original identity leaves such claims out when it folds. Segment: anonymousId and userId.
/// Translators make such claims too, once for all events of a pair in a request; where the record that carried it is turned away, the others' events
/// still make it here. Amplitude's translator makes its own, for it alone knows whether the sender gave a device or the vendor's rule made one up.
/// </remarks>
static class DerivedClaim
{
    /// <summary>The claim: the user, and the device as "$device:…"; false where the event makes none.</summary>
    public static bool TryFrom(in Item item, ByteArena texts, out Item claim)
    {
        claim = default;
        var rule = item.Dialect switch
        {
            Dialect.Mixpanel => LinkRule.MixpanelDeviceAndUser,
            Dialect.Segment => LinkRule.SegmentAnonymousAndUser,
            Dialect.Amplitude => LinkRule.None,
        };
        if (rule == LinkRule.None || item.DeviceId.IsEmpty || item.UserId.IsEmpty) return false;
        claim.Kind = ItemKind.LinkClaim;
        claim.Dialect = item.Dialect;
        claim.LinkRule = rule;
        claim.Id = item.Id;
        claim.ReceivedAtMs = item.ReceivedAtMs;
        claim.TimeMs = item.TimeMs;
        claim.SentTimeMs = item.SentTimeMs;
        claim.Sdk = item.Sdk;
        claim.DistinctId = item.UserId;
        claim.OtherId = texts.Keep("$device:"u8, item.DeviceId.Span);
        return true;
    }
}
