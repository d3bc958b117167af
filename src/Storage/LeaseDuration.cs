namespace Cairn.Storage;

/// <summary>How long a lease may be asked for.</summary>
/// <remarks>Source: Microsoft Learn, "Lease Blob", header x-ms-lease-duration: 15 to 60 seconds (we use no endless ones).</remarks>
public static class LeaseDuration
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(15), Longest = TimeSpan.FromSeconds(60);

    /// <exception cref="ArgumentOutOfRangeException">Azure would refuse it.</exception>
    public static void Check(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, Longest);
    }
}
