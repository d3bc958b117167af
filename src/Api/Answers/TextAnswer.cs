using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Answers;

/// <summary>A text of any media type, UTF-8, sent whole.</summary>
public sealed class TextAnswer(string contentType, string text) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = bytes.Length;
        await httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}
