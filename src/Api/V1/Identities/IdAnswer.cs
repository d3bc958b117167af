using System.Text.Json;
using Cairn.Model.Identity;

namespace Cairn.Api.V1.Identities;

/// <summary>One id of a person, as our API tells it.</summary>
/// <param name="LinkedBy">The rule's name in snake case; null for the id that names the person.</param>
/// <param name="Profile">Which of the id's own updates count for the person's profile: <c>always</c>, <c>after_link</c>, <c>never</c>.</param>
sealed record IdAnswer(string Id, string? LinkedBy, string? LinkedTo, string? LinkedAt, string Profile)
{
    public static IdAnswer Of(PersonId id) => id.LinkedBy == LinkRule.None
        ? new(id.Id, null, null, null, Word(id.ProfileJoin))
        : new(id.Id, Word(id.LinkedBy), id.LinkedTo, Moment.Text(id.LinkedAtMs), Word(id.ProfileJoin));

    /// <summary>An enum member in snake case.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>A claim that made no link.</summary>
sealed record RefusalAnswer(string Id, string OtherId, string Rule, string Reason, string ReceivedAt)
{
    public static RefusalAnswer Of(RefusedClaim refused) => new(
        refused.Claim.Id, refused.Claim.OtherId, IdAnswer.Word(refused.Claim.Rule), IdAnswer.Word(refused.Reason), Moment.Text(refused.Claim.Order.ReceivedAtMs));
}
