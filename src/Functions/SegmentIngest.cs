using Cairn.Api.Ingest.Segment;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Where Segment's and RudderStack's SDKs send what happened; the browser library uses paths of one letter.</summary>
public sealed class SegmentIngest(SegmentTracking tracking)
{
    /// <summary>Any call; paths of other functions below /v1 are literals and come first.</summary>
    [Function("SegmentTrack")]
    public Task<IResult> Track([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "v1/{call}")] HttpRequest request, string call, CancellationToken cancellationToken) =>
        tracking.TrackAsync(request, call, cancellationToken);

    [Function("SegmentMetrics")]
    public static IResult Metrics([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "v1/m")] HttpRequest request) =>
        SegmentTracking.Metrics(request);

    [Function("SegmentSettings")]
    public static IResult Settings([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "v1/projects/{writeKey}/settings")] HttpRequest request, string writeKey) =>
        Cairn.Api.Ingest.Segment.SegmentSettings.Get(request, writeKey);
}
