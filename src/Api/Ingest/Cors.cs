using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Cairn.Api.Ingest;

/// <summary>
/// What a browser asks before a page of another origin may send to us and read our answer, error answers included.
/// </summary>
/// <remarks>
/// The origin is echoed and credentials are allowed: mixpanel-browser sends with credentials, and a <c>*</c> makes it see a
/// failure and drop events that did arrive. Echoing any origin gives nothing away, for these endpoints know no cookie:
/// what they accept is decided by the write token in the request.
/// Source: Fetch Standard, "CORS protocol and credentials".
/// </remarks>
public static class Cors
{
    /// <summary>How long a browser may remember a preflight, seconds: Chromium's own limit is 7,200, Firefox's this.</summary>
    const string MaxAgeSeconds = "86400";

    const string Methods = "GET, POST, PUT, OPTIONS";
    const string OrdinaryHeaders = "Authorization, Content-Type, Content-Encoding, traceparent, X-Requested-With";

    /// <summary>Adds the headers to the answer, whatever it will be; nothing where the request names no origin.</summary>
    public static void Apply(HttpContext http)
    {
        var origin = http.Request.Headers.Origin;
        if (origin.Count == 0) return;
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = HeaderNames.RetryAfter;
        headers.Vary = HeaderNames.Origin;
    }

    /// <summary>Answers an OPTIONS request, 204; false for any other, which then has <see cref="Apply"/>'s headers.</summary>
    public static bool TryAnswerPreflight(HttpContext http)
    {
        Apply(http);
        if (!HttpMethods.IsOptions(http.Request.Method)) return false;
        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        var asked = http.Request.Headers.AccessControlRequestHeaders;
        // What the page asks for is allowed: custom transport headers are the page's affair.
        headers.AccessControlAllowHeaders = asked.Count > 0 ? asked : OrdinaryHeaders;
        headers.AccessControlMaxAge = MaxAgeSeconds;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
