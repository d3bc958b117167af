using Cairn.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Errors as Mixpanel's query API words them: <c>{"request": "/api/query/…", "error": "…"}</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, error responses; clients read <c>error</c> and act on the status.</remarks>
static class MixpanelError
{
    public static IResult BadRequest(HttpRequest request, string error) => Of(request, StatusCodes.Status400BadRequest, error);

    public static IResult Of(HttpRequest request, int status, string error) => new JsonAnswer(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("request", request.Path + request.QueryString.ToString());
        json.WriteString("error", error);
        json.WriteEndObject();
    });
}
