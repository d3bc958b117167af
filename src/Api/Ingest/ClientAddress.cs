using System.Net;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest;

/// <summary>The address a request came from.</summary>
/// <param name="TrustsForwardedFor">
/// Whether X-Forwarded-For is believed: true behind a proxy that sets it (the Functions host on Azure does), false where
/// clients connect directly and could write anything there.
/// </param>
/// <remarks>Never stored: it serves limits by sender and nothing else.</remarks>
public sealed record ClientAddress(bool TrustsForwardedFor)
{
    /// <summary>The last address in X-Forwarded-For, which the nearest proxy added, else the connection's; null where unknown.</summary>
    public IPAddress? Of(HttpContext http)
    {
        if (TrustsForwardedFor && http.Request.Headers["X-Forwarded-For"] is [.., { } line])
        {
            var last = line.AsSpan(line.LastIndexOf(',') + 1).Trim();
            // Azure's front end writes "address:port", IPv6 in brackets.
            if (IPEndPoint.TryParse(last, out var endPoint)) return endPoint.Address;
        }
        return http.Connection.RemoteIpAddress;
    }
}
