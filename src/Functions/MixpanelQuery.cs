using Cairn.Api.Mixpanel;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Mixpanel's query API and raw export.</summary>
public sealed class MixpanelQuery(MixpanelQueryEndpoints endpoints)
{
    [Function("MixpanelQuery")]
    public Task<IResult> Query(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/query/{*leaf}")] HttpRequest request, string? leaf, CancellationToken cancellationToken) =>
        endpoints.AskAsync(request, leaf, cancellationToken);

    [Function("MixpanelQuery20")]
    public Task<IResult> Query20(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/2.0/{*leaf}")] HttpRequest request, string? leaf, CancellationToken cancellationToken) =>
        endpoints.AskAsync(request, leaf, cancellationToken);
}
