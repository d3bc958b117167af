using Cairn.Api.Amplitude;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Amplitude's dashboard and export APIs.</summary>
public sealed class AmplitudeQuery(AmplitudeQueryEndpoints endpoints)
{
    [Function("AmplitudeQuery")]
    public Task<IResult> Query(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/2/{*leaf}")] HttpRequest request, string? leaf, CancellationToken cancellationToken) =>
        endpoints.AskAsync(request, leaf, cancellationToken);
}
