namespace Cairn.Model.Identity;

/// <summary>One person: the ids that are theirs, and the claims that were turned down.</summary>
/// <param name="Person">The canonical id, which is one of <paramref name="Ids"/>.</param>
/// <param name="Ids">All ids, the canonical one first, the rest in the order they were first seen.</param>
/// <param name="Mappings">Amplitude's user mappings that hold among the ids.</param>
/// <param name="Refusals">Claims that name one of the ids and made no link, in order; at most <see cref="MaxRefusals"/>, the oldest.</param>
public sealed record PersonIds(string Person, IReadOnlyList<PersonId> Ids, IReadOnlyList<UserMapping> Mappings, IReadOnlyList<RefusedClaim> Refusals)
{
    /// <summary>A shared device may have millions of refusals; a person's page needs the first.</summary>
    public const int MaxRefusals = 100;
}

/// <summary>One id of a person.</summary>
/// <param name="Id">As sent; a device with its prefix.</param>
/// <param name="LinkedBy">By which rule it joined the canonical id; <see cref="LinkRule.None"/> for that id itself.</param>
/// <param name="LinkedTo">The id it was linked to; empty for the canonical id.</param>
/// <param name="LinkedAtMs">When the claim was received, Unix milliseconds; 0 for the canonical id.</param>
/// <param name="ProfileJoin">Which of the updates that it got under its own id count for the profile of the id it was linked to.</param>
public sealed record PersonId(string Id, LinkRule LinkedBy, string LinkedTo, long LinkedAtMs, ProfileJoin ProfileJoin);

/// <summary>A claim that made no link, and why.</summary>
public sealed record RefusedClaim(LinkClaim Claim, LinkRefusal Reason);

/// <summary>One user counts as another.</summary>
public readonly record struct UserMapping(string UserId, string GlobalUserId);
