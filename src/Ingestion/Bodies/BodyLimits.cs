namespace Cairn.Ingestion.Bodies;

/// <summary>How much of a request's body an endpoint is ready to take.</summary>
/// <param name="MaxBytes">Bytes on the wire, before inflating; the body of exactly this length is taken.</param>
/// <param name="MaxInflatedBytes">Bytes after inflating, so that a few kilobytes of gzip can't fill the memory.</param>
/// <param name="MaxDuration">From the first byte asked for to the last one read.</param>
public sealed record BodyLimits(int MaxBytes, int MaxInflatedBytes, TimeSpan MaxDuration)
{
    /// <summary>A body slower than this is given up: an SDK waits 90 seconds at most, a phone network seldom a minute.</summary>
    public static readonly TimeSpan OrdinaryDuration = TimeSpan.FromMinutes(1);

    /// <summary>As many bytes before inflating as after, in the ordinary time.</summary>
    public static BodyLimits OfBytes(int maxBytes) => new(maxBytes, maxBytes, OrdinaryDuration);
}
