using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Answers;

/// <summary>A JSON document written member by member, sent whole.</summary>
public sealed class JsonAnswer : IResult
{
    // Texts stay as they were sent; the answer is never part of a page.
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    readonly ArrayBufferWriter<byte> json = new();
    readonly int status;

    /// <param name="write">Writes one value.</param>
    public JsonAnswer(int status, Action<Utf8JsonWriter> write)
    {
        this.status = status;
        using var writer = new Utf8JsonWriter(json, Options);
        write(writer);
    }

    /// <summary>The document, UTF-8.</summary>
    public ReadOnlyMemory<byte> Bytes => json.WrittenMemory;

    /// <summary>A media type other than JSON's own.</summary>
    public string ContentType { get; init; } = "application/json";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = json.WrittenCount;
        await response.Body.WriteAsync(json.WrittenMemory, httpContext.RequestAborted);
    }
}
