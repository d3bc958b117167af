using Cairn.Ingestion.Bodies;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest;

/// <summary>Reads the body of an ingestion request.</summary>
static class IngestBody
{
    /// <param name="mayHoldGzip">Whether the URL may hold gzip as well.</param>
    /// <inheritdoc cref="RequestBody.ReadAsync"/>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyLimits limits, TimeProvider time, CancellationToken cancellationToken, bool mayHoldGzip = false) =>
        RequestBody.ReadAsync(request.Body, request.ContentLength, request.Headers.ContentEncoding, limits, time, cancellationToken, IsBroken, mayHoldGzip);

    static bool IsBroken(IOException fault) => fault is BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest };
}
