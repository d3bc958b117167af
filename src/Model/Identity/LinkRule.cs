namespace Cairn.Model.Identity;

/// <summary>Under which vendor's rule two ids are claimed to be one person. Decides in the fold whether a link is made.</summary>
/// <remarks>The numbers reach the stream and the disk: they stay for ever.</remarks>
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
