using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Authorization;

/// <summary>Whether a request that comes with our cookie was sent by our own page.</summary>
/// <remarks>
/// The cookie is SameSite=Lax, so other sites' forms don't carry it; another page on the same site could, and this stops it. Browsers send
/// <c>Sec-Fetch-Site</c> with every request (Fetch Metadata, W3C) and <c>Origin</c> with every one that may change something.
/// </remarks>
static class OwnPage
{
    public static bool MaySend(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return true;
        string? site = request.Headers["Sec-Fetch-Site"];
        if (!string.IsNullOrEmpty(site)) return site is "same-origin" or "none";
        string? origin = request.Headers.Origin;
        return string.IsNullOrEmpty(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
    }
}
