using Cairn.Query.Definitions;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>What a report had to look at.</summary>
/// <param name="use">How it uses the cache; null: nobody counts that.</param>
public sealed class ReadCount(CacheUse? use = null)
{
    long bytes;

    /// <summary>Memory of the columns that the report asked files for, whether or not they were decoded already.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>What an answer covers that had to look at this until now.</summary>
    public Coverage Covered(long? dataUpToMs, long rowsRead, TimeSpan elapsed) =>
        new(dataUpToMs, rowsRead, Bytes, elapsed.TotalMilliseconds) { CacheHits = use?.Hits ?? 0, CacheMisses = use?.Misses ?? 0 };

    public void Add(long columnBytes) => Interlocked.Add(ref bytes, columnBytes);
}
