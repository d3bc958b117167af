namespace Cairn.Model.Identity;

/// <summary>A claim as the fold keeps it: ids as numbers, the earliest of its kind for its pair.</summary>
struct FoldedClaim
{
    public const int None = -1;

    public ReceiptOrder Order;

    /// <summary>The user, the identified id, or the first id.</summary>
    public int A;

    /// <summary>The device, the anonymous id, the alias, or the other id; <see cref="None"/> for an unmapping.</summary>
    public int B;

    /// <summary>
    /// Which id <see cref="B"/> goes by in decisions by hand: itself, but for Segment's alias, where the device form follows what was decided of the plain id.
    /// </summary>
    public int DecidedAs;

    /// <summary>The next claim of the same component; <see cref="None"/> at the end.</summary>
    public int Next;

    public LinkRule Rule;

    /// <summary>Made by the fold beside a claim of the sender's, and so no news when refused.</summary>
    public bool IsImplied;

    /// <summary>Joins an id that stands for nobody to a user, where it has none yet.</summary>
    public readonly bool JoinsDevice =>
        Rule is LinkRule.MixpanelDeviceAndUser or LinkRule.AmplitudeDeviceAndUser or LinkRule.SegmentAnonymousAndUser;

    /// <summary>Whether the claim names <see cref="A"/> as a user.</summary>
    public readonly bool NamesUser => Rule is not (LinkRule.MixpanelMerge or LinkRule.MixpanelAlias or LinkRule.ByHand or LinkRule.Undone);

    /// <summary>By hand or by mapping: the last decision counts, also for claims before it.</summary>
    public readonly bool DecidesForAll =>
        Rule is LinkRule.ByHand or LinkRule.Undone or LinkRule.AmplitudeUserMap or LinkRule.AmplitudeUnmap;

    /// <summary>Whether the rule has any effect in the project's identity system. Source: Mixpanel docs, "ID Management".</summary>
    public readonly bool HoldsIn(IdentityMode mode) => Rule switch
    {
        LinkRule.MixpanelDeviceAndUser => mode == IdentityMode.Simplified,
        LinkRule.MixpanelIdentify or LinkRule.MixpanelAlias or LinkRule.MixpanelMerge => mode == IdentityMode.Original,
        _ => true,
    };
}
