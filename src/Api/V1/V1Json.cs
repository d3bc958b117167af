using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1;

/// <summary>How our own API writes JSON: names in snake case, nulls included, text as it is.</summary>
static class V1Json
{
    /// <summary>No answer is put into a page as it stands, so quotes and letters need no escapes beyond JSON's own.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Ok(object body) => Results.Json(body, Options);

    /// <summary>201 with the place of what was made.</summary>
    public static IResult Created(HttpRequest request, string id, object body)
    {
        request.HttpContext.Response.Headers.Location = $"{request.Path.Value!.TrimEnd('/')}/{id}";
        return Results.Json(body, Options, statusCode: 201);
    }
}
