namespace Cairn.Ingestion.Bodies;

/// <summary>How much of a request's body an endpoint is ready to take.</summary>
/// <param name="MaxBytes">Bytes on the wire, before inflating; the body of exactly this length is taken.</param>
/// <param name="MaxInflatedBytes">Bytes after inflating, so that a few kilobytes of gzip can't fill the memory.</param>
/// <param name="MaxDuration">From the first byte asked for to the last one read.</param>
public sealed record BodyLimits(int MaxBytes, int MaxInflatedBytes, TimeSpan MaxDuration)
{
    /// <summary>
    /// A body slower than a minute is given up: an SDK waits 90 seconds at most. The web server's own clock, which cleans up after itself, is to
    /// come first; this one is for a server without, so it gives a little more.
    /// </summary>
    public static readonly TimeSpan OrdinaryDuration = TimeSpan.FromSeconds(65);

    /// <summary>As many bytes before inflating as after, in the ordinary time.</summary>
    public static BodyLimits OfBytes(int maxBytes) => new(maxBytes, maxBytes, OrdinaryDuration);
}
