using Cairn.Api.Amplitude;
using Cairn.Api.V1.Identities;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Whose an id is; links by hand.</summary>
public sealed class IdentityFunctions(IdentitiesApi identities, UserMapEndpoint userMap)
{
    const string All = "api/v1/identities";

    [Function("IdentitiesFind")]
    public Task<IResult> Find([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All + "/{*id}")] HttpRequest request, string? id) =>
        identities.FindAsync(request, id);

    [Function("IdentitiesLink")]
    public Task<IResult> Link([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All + "/link")] HttpRequest request) => identities.LinkAsync(request);

    [Function("IdentitiesUndo")]
    public Task<IResult> Undo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All + "/undo")] HttpRequest request) => identities.UndoAsync(request);

    [Function("AmplitudeUserMappings")]
    public Task<IResult> UserMappings([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/2/usermap")] HttpRequest request, CancellationToken cancellationToken) =>
        userMap.AskAsync(request, cancellationToken);
}
