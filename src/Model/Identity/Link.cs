namespace Cairn.Model.Identity;

/// <summary>A link that the fold made between two ids, by their numbers in the fold.</summary>
/// <param name="A">The user, the identified id, or the claim's first id.</param>
/// <param name="B">The device, the anonymous id, the alias, or the claim's second id.</param>
readonly record struct Link(int A, int B, LinkRule Rule, ReceiptOrder Order)
{
    /// <summary>
    /// What becomes of the updates that B got under its own id, in the profile that it joins.
    /// </summary>
    /// <remarks>
    /// Source: Mixpanel docs, "ID Management" (simplified: a profile made under a device id isn't merged into the user's);
    /// Amplitude docs, "User Mapping" (properties of mapped users are not merged).
    /// </remarks>
    public ProfileJoin Join => Rule switch
    {
        LinkRule.MixpanelDeviceAndUser => ProfileJoin.AfterLink,
        LinkRule.AmplitudeUserMap => ProfileJoin.Never,
        _ => ProfileJoin.Always,
    };
}

/// <summary>Which updates of a linked id count for the profile of its person.</summary>
public enum ProfileJoin
{
    /// <summary>All.</summary>
    Always = 0,

    /// <summary>Those received after the link; the id's earlier profile stays hidden.</summary>
    AfterLink = 1,

    /// <summary>None: the id keeps a profile of its own.</summary>
    Never = 2,
}
