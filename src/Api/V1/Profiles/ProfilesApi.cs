using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Storage.Profiles;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Profiles;

/// <summary><c>/api/v1/profiles/{id}</c>: what is known of one person now, asked by any of their ids.</summary>
/// <remarks>
/// <code>
/// {"id": "$device:D1", "person": "ann", "properties": {"plan": "pro"}, "updated_at": "2026-02-03T04:05:06.789Z",
///  "ids": [{"id": "ann", "linked_by": null, …}, {"id": "$device:D1", "linked_by": "mixpanel_device_and_user", …}]}
/// </code>
/// <c>properties</c> is null for a person that has ids but no profile. Users of Amplitude that are mapped to each other are one person, but each
/// keeps a profile: <c>properties</c> are those of the user that was asked for. Meaning: docs/semantics/profiles.md.
/// </remarks>
public sealed class ProfilesApi(ProfileStore profiles, RequestAuthorization authorization)
{
    /// <summary>GET <c>/{id}</c>, or <c>?id=</c> for ids that a path can't carry as they are.</summary>
    public Task<IResult> FindAsync(HttpRequest request, string? id) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        if (RouteId.Of(request, id) is not { } asked) return RouteId.Missing;
        var found = await profiles.FindAsync(caller.Project.ProjectId, caller.Project.IdentityMode, asked, cancellationToken);
        if (found is null) return Problem.NotFound("No claim and no profile update names this id.");
        return V1Json.Ok(new
        {
            Id = asked,
            found.Person.Person,
            Properties = found.Profile?.Properties.ToDictionary(property => property.Key, property => property.Value.ToElement(), StringComparer.Ordinal),
            UpdatedAt = found.Profile is { } profile ? Moment.Text(profile.UpdatedAtMs) : null,
            Ids = found.Person.Ids.Select(Identities.IdAnswer.Of).ToList(),
        });
    });
}
