using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest;

/// <summary>An answer whose bytes are known before anybody asks: made once, sent many times, with its length.</summary>
public sealed class BytesResult : IResult
{
    readonly int status;
    readonly string contentType;
    readonly byte[] body;
    readonly Task<IResult> task;

    public BytesResult(int status, string contentType, byte[] body)
    {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        task = Task.FromResult<IResult>(this);
    }

    public BytesResult(int status, string contentType, string body)
        : this(status, contentType, Encoding.UTF8.GetBytes(body)) { }

    /// <summary>Whole seconds after which the sender may try again, as a header; null for none.</summary>
    public string? RetryAfterSeconds { get; init; }

    /// <summary>Whether the connection is closed after it, for what is still coming will not be read.</summary>
    public bool ClosesConnection { get; init; }

    /// <summary>This answer as a finished task, for it too is made once.</summary>
    public Task<IResult> AsTask() => task;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (RetryAfterSeconds is not null) response.Headers.RetryAfter = RetryAfterSeconds;
        if (ClosesConnection) response.Headers.Connection = "close";
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
