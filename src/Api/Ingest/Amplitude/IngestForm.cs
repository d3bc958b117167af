using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>Fields of a request that come as a form, as multipart form data, or in the query, whichever the client chose.</summary>
/// <remarks>The values are decoded in place, so each may be asked for once.</remarks>
sealed class IngestForm : IDisposable
{
    readonly RequestBody body;
    readonly Memory<byte> query;
    readonly string contentType;

    IngestForm(RequestBody body, Memory<byte> query, string contentType)
    {
        this.body = body;
        this.query = query;
        this.contentType = contentType;
    }

    /// <summary>None, or why the body was not taken.</summary>
    public RejectReason Fault => body.Fault;

    /// <summary>Whether too many large bodies are in work: nothing of it was looked at.</summary>
    public bool HasNoRoom => body.HasNoRoom;

    /// <summary>Reads body and query.</summary>
    public static async ValueTask<IngestForm> ReadAsync(HttpRequest request, BodyLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await IngestBody.ReadAsync(request, limits, time, cancellationToken);
        var queryText = request.QueryString.HasValue ? request.QueryString.Value.AsSpan(1) : default;
        return new(body, body.Add(queryText), request.ContentType ?? "");
    }

    /// <summary>A field's text; empty where the request has none of this name.</summary>
    /// <param name="name">As the vendor writes it: plain letters, digits and underscores.</param>
    public Memory<byte> Take(string name)
    {
        var utf8Name = System.Text.Encoding.UTF8.GetBytes(name);
        if (contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) && MultipartBody.TryFind(body.Bytes, contentType, name, out var part)) return part;
        if (!FormBody.TryFind(body.Bytes, utf8Name, out var raw) && !FormBody.TryFind(query, utf8Name, out raw)) return default;
        return raw[..FormBody.Decode(raw.Span, plusIsSpace: true)];
    }

    /// <summary>A field that holds JSON, made safe to read: surrogates alone replaced; null where it is no UTF-8.</summary>
    /// <inheritdoc cref="Take"/>
    public ReadOnlyMemory<byte>? TakeJson(string name)
    {
        var json = Take(name);
        if (!System.Text.Unicode.Utf8.IsValid(json.Span)) return null;
        Utf8Text.RepairEscapes(json.Span);
        return json;
    }

    public void Dispose() => body.Dispose();
}
