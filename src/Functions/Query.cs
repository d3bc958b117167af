using Cairn.Api.V1.Segmentation;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Questions to our own API.</summary>
public sealed class Query(SegmentationRoute segmentation)
{
    [Function("QuerySegmentation")]
    public Task<IResult> Segmentation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/segmentation")] HttpRequest request, CancellationToken cancellationToken) =>
        segmentation.AskAsync(request, cancellationToken);
}
