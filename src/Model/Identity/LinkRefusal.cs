namespace Cairn.Model.Identity;

/// <summary>Why a claim made no link. Shown by the API: the numbers stay for ever.</summary>
public enum LinkRefusal
{
    None = 0,

    /// <summary>The device belongs to the first user that appeared with it. Mixpanel's <c>errAnonDistinctIdAssignedAlready</c>.</summary>
    DeviceHasAnotherUser = 1,

    /// <summary>Mixpanel, original: the id to be identified is no UUID, so it isn't anonymous.</summary>
    NotAnonymous = 2,

    /// <summary>Mixpanel, original: the anonymous id's cluster already holds another identified id.</summary>
    AnonymousHasAnotherUser = 3,

    /// <summary>Mixpanel, original: the alias already belongs to another cluster.</summary>
    AliasTaken = 4,

    /// <summary>Mixpanel, original: the cluster would hold more than 500 ids.</summary>
    TooManyIds = 5,

    /// <summary>The rule has no effect in the project's identity system.</summary>
    NotInThisMode = 6,

    /// <summary>The pair was undone by hand and not redone since.</summary>
    Undone = 7,

    /// <summary>Amplitude: a later mapping of the same user took its place.</summary>
    Replaced = 8,
}
