namespace Cairn.Model.Identity;

/// <summary>Under which vendor's rule two ids are claimed to be one person. Decides in the fold whether a link is made.</summary>
/// <remarks>
/// The numbers reach the stream and the disk: they stay for ever. What a claim's two ids are (<c>DistinctId</c>, <c>OtherId</c>):
/// <code>
/// rule                       DistinctId                 OtherId
/// MixpanelDeviceAndUser      the user                   "$device:" + device
/// MixpanelIdentify           the identified id          the anonymous id, as sent
/// MixpanelAlias              distinct_id                alias
/// MixpanelMerge              one id                     the other
/// AmplitudeDeviceAndUser     the user                   "$device:" + device
/// AmplitudeUserMap           the source user            the global user
/// AmplitudeUnmap             the source user            empty
/// SegmentAnonymousAndUser    the user                   "$device:" + anonymousId
/// SegmentAlias               userId                     previousId, as sent
/// ByHand, Undone             one id                     the other
/// </code>
/// The rules that join a device and a user also read the two the other way round: the prefix says which is which.
/// A record's claims and updates stand before its event in the request's order of items, so that they count for it.
/// </remarks>
public enum LinkRule : byte
{
    None = 0,

    /// <summary>Mixpanel, simplified: an event carried both <c>$device_id</c> and <c>$user_id</c>.</summary>
    MixpanelDeviceAndUser = 1,

    /// <summary>Mixpanel, original: a <c>$identify</c> event.</summary>
    MixpanelIdentify = 2,

    /// <summary>Mixpanel: a <c>$create_alias</c> event.</summary>
    MixpanelAlias = 3,

    /// <summary>Mixpanel, original: a <c>$merge</c> event through /import.</summary>
    MixpanelMerge = 4,

    /// <summary>Amplitude: an event carried both device_id and user_id.</summary>
    AmplitudeDeviceAndUser = 5,

    /// <summary>Amplitude: the user mapping API.</summary>
    AmplitudeUserMap = 6,

    /// <summary>Amplitude: the user mapping API's <c>unmap</c>.</summary>
    AmplitudeUnmap = 7,

    /// <summary>Segment: a message carried both anonymousId and userId.</summary>
    SegmentAnonymousAndUser = 8,

    /// <summary>Segment: an <c>alias</c> call (previousId, userId).</summary>
    SegmentAlias = 9,

    /// <summary>By hand, over our own API: link these two.</summary>
    ByHand = 10,

    /// <summary>By hand, over our own API: these two are not one person.</summary>
    Undone = 11,
}
