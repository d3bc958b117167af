using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Cairn.LocalHost.Http;

/// <summary>How the local host's web server differs from its defaults.</summary>
static class KestrelSettings
{
    /// <summary>Bytes of one request line: mixpanel-browser with <c>api_method: GET</c> sends 16 KB and more. Azure's front end allows 8 KB.</summary>
    public const int MaxRequestLineBytes = 64 * 1024;

    /// <summary>How long a body may take to arrive.</summary>
    public static readonly TimeSpan MaxBodyTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A request is served on the thread that found its bytes, and answered on the one that has its answer, without a hand-over on either
    /// way. Functions wait for disks and locks asynchronously; one that computes for long holds up its own connection only.
    /// </summary>
    public static void Apply(SocketTransportOptions options)
    {
        options.UnsafePreferInlineScheduling = true;
        // Four kilobytes for each open connection, in place of one more call for each request.
        options.WaitForDataBeforeAllocatingBuffer = false;
    }

    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxRequestLineBytes;
        // The door knows each vendor's limit and answers in the vendor's words.
        options.Limits.MaxRequestBodySize = null;
        // Past the grace no rate is fast enough, so this bounds the whole body, not its rate.
        options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: double.MaxValue, gracePeriod: MaxBodyTime);
        options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }
}
