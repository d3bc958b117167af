using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Cairn.Shims.Storage;

/// <summary>Sends requests of the Blob service.</summary>
sealed class BlobRequests(HttpPipeline pipeline)
{
    /// <summary>The protocol version asked for: known to Azure since 2021 and to every Azurite in use.</summary>
    const string ServiceVersion = "2021-12-02";

    /// <summary>Begins a request.</summary>
    public HttpMessage Create(RequestMethod method, Uri place, params (string Name, string Value)[] query)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(place);
        foreach (var (name, value) in query) message.Request.Uri.AppendQuery(name, value);
        message.Request.Headers.SetValue("x-ms-version", ServiceVersion);
        message.Request.Headers.SetValue("Accept", "application/xml");
        return message;
    }

    /// <summary>Sends it.</summary>
    /// <exception cref="RequestFailedException">The answer is none of the expected ones.</exception>
    public async ValueTask<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, params int[] expected)
    {
        await pipeline.SendAsync(message, cancellationToken);
        return expected.Contains(message.Response.Status) ? message.Response : throw new RequestFailedException(message.Response);
    }

    public static void AddConditions(Request request, RequestConditions? conditions)
    {
        if (conditions?.IfMatch is { } match) request.Headers.SetValue("If-Match", match.ToString("H"));
        if (conditions?.IfNoneMatch is { } noneMatch) request.Headers.SetValue("If-None-Match", noneMatch.ToString("H"));
    }

    public static ETag ETagOf(Response response) => response.Headers.ETag ?? throw new RequestFailedException(response.Status, "the answer has no ETag");

    public static long LengthOf(Response response) =>
        response.Headers.TryGetValue("Content-Length", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;

    public static DateTimeOffset LastModifiedOf(Response response) =>
        response.Headers.TryGetValue("Last-Modified", out var text) ? DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture) : default;
}
