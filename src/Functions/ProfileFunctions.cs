using Cairn.Api.Amplitude;
using Cairn.Api.V1.Activity;
using Cairn.Api.V1.Profiles;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>What is known of one person.</summary>
public sealed class ProfileFunctions(ProfilesApi profiles, ActivityRoute activity, UserProfileEndpoint userProfile)
{
    [Function("ProfilesFind")]
    public Task<IResult> Find([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/profiles/{*id}")] HttpRequest request, string? id) =>
        profiles.FindAsync(request, id);

    [Function("ActivityOfOne")]
    public Task<IResult> Activity([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/activity/{*id}")] HttpRequest request, string? id, CancellationToken cancellationToken) =>
        activity.AskAsync(request, id, cancellationToken);

    [Function("AmplitudeUserProfile")]
    public Task<IResult> UserProfile([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/userprofile")] HttpRequest request, CancellationToken cancellationToken) =>
        userProfile.AskAsync(request, cancellationToken);
}
