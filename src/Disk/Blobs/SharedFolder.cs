using System.Collections.Concurrent;

namespace Cairn.Disk.Blobs;

/// <summary>What all stores of this process on one folder share: locks by name, leases, and the clock that never gives a time twice.</summary>
sealed class SharedFolder
{
    /// <summary>Names are spread over so many locks; two names on one lock only wait for each other.</summary>
    const int LockCount = 256;

    static readonly ConcurrentDictionary<string, SharedFolder> ByPath = new(StringComparer.Ordinal);

    readonly Lock[] _locks = [.. Enumerable.Range(0, LockCount).Select(_ => new Lock())];
    long _lastTicks;

    public BlobLeases Leases { get; } = new();

    public static SharedFolder Of(string fullPath) => ByPath.GetOrAdd(fullPath, _ => new SharedFolder());

    public Lock LockOf(string name) => _locks[(uint)string.GetHashCode(name, StringComparison.Ordinal) % LockCount];

    /// <summary>Now, or a little later where that is needed to be later than every stamp before and than the version replaced.</summary>
    public DateTime NextStamp(DateTime nowUtc, DateTime? replacedUtc)
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastTicks);
            var next = Math.Max(nowUtc.Ticks, Math.Max(last, replacedUtc?.Ticks ?? 0) + 1);
            if (Interlocked.CompareExchange(ref _lastTicks, next, last) == last) return new DateTime(next, DateTimeKind.Utc);
        }
    }
}
