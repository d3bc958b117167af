using Cairn.Api.Ingest.Amplitude;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Where Amplitude's SDKs and server libraries send what happened.</summary>
public sealed class AmplitudeIngest(AmplitudeUploads uploads, AmplitudeForms forms, LegacyUploads legacy)
{
    [Function("AmplitudeHttpApi")]
    public Task<IResult> HttpApi([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "2/httpapi")] HttpRequest request, CancellationToken cancellationToken) =>
        uploads.HttpApiAsync(request, cancellationToken);

    [Function("AmplitudeBatch")]
    public Task<IResult> Batch([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "batch")] HttpRequest request, CancellationToken cancellationToken) =>
        uploads.BatchAsync(request, cancellationToken);

    [Function("AmplitudeHttpApiV1")]
    public Task<IResult> HttpApiV1([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "httpapi")] HttpRequest request, CancellationToken cancellationToken) =>
        forms.HttpApiAsync(request, cancellationToken);

    [Function("AmplitudeIdentify")]
    public Task<IResult> Identify([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "identify")] HttpRequest request, CancellationToken cancellationToken) =>
        forms.IdentifyAsync(request, cancellationToken);

    [Function("AmplitudeGroupIdentify")]
    public Task<IResult> GroupIdentify([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "groupidentify")] HttpRequest request, CancellationToken cancellationToken) =>
        forms.GroupIdentifyAsync(request, cancellationToken);

    [Function("AmplitudeAttribution")]
    public Task<IResult> Attribution([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "attribution")] HttpRequest request, CancellationToken cancellationToken) =>
        forms.AttributionAsync(request, cancellationToken);

    [Function("AmplitudeUserMap")]
    public Task<IResult> UserMap([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "usermap")] HttpRequest request, CancellationToken cancellationToken) =>
        forms.UserMapAsync(request, cancellationToken);

    /// <summary>The root itself, for SDKs before 2020 know a host and no path; a route of nothing would be the name of the function.</summary>
    [Function("AmplitudeLegacyUpload")]
    public Task<IResult> LegacyUpload([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "{root:maxlength(0)?}")] HttpRequest request, CancellationToken cancellationToken) =>
        legacy.UploadAsync(request, cancellationToken);
}
