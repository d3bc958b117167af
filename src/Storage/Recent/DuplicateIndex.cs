using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>
/// Which file may hold a row whose <see cref="DuplicateKey"/> has a given high half: exact about what it denies, and wrong about what it affirms once
/// in 100,000 questions at 10 million keys, so what it affirms is looked up in the file.
/// </summary>
/// <remarks>
/// Four to five bytes a key, whatever number of files, for all recent rows have one here. Young keys stand in a hash table; when it has an eighth of all they move to
/// packed, sorted runs. Not thread-safe.
/// <code>
/// key           bits 63 to 24 of the high half: 10 say which run, 30 are in it
/// slot's value  bits 63 to 24: the key, which also says where probing begins; bits 23 to 0: the file's number + 1; 0 is a free slot
/// </code>
/// </remarks>
sealed class DuplicateIndex
{
    public const int FileBits = 24;
    const int KeyBits = 64 - FileBits;
    const int RunCount = 1 << (KeyBits - PackedKeys.KeyBits);
    const ulong FileMask = (1UL << FileBits) - 1;

    /// <summary>Files that the index can tell apart.</summary>
    public const int MaxFiles = (1 << FileBits) - 1;

    /// <summary>Young keys that are not worth moving.</summary>
    const int MinYoung = 1 << 18;

    readonly PackedKeys[] runs = [.. Enumerable.Repeat(PackedKeys.Empty, RunCount)];
    ulong[] young = new ulong[16];
    int youngCount;

    /// <summary>Keys held.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of memory it holds.</summary>
    public long MemoryBytes => (8L * young.Length) + runs.Sum(run => run.MemoryBytes);

    /// <summary>Adds a key's high half of a file, and the files of likely equal ones, its own included, to <paramref name="likely"/>.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Add(long high, int file, List<int> likely)
    {
        if (youngCount >= Math.Max(MinYoung, Count / 8)) Settle();
        // At most seven eighths full: linear probing stays short enough, and memory stays small.
        if ((youngCount + 1) * 8L > young.Length * 7L) Grow();
        var before = likely.Count;
        young[Find(high, likely)] = (ulong)high >> FileBits << FileBits | (uint)(file + 1);
        youngCount++;
        Count++;
        return likely.Count > before;
    }

    /// <summary>Adds the files of keys likely equal to one's high half to <paramref name="likely"/>.</summary>
    /// <returns>The free slot behind the young ones of them.</returns>
    public int Find(long high, List<int> likely)
    {
        var key = (ulong)high >> FileBits;
        runs[key >> PackedKeys.KeyBits].Find((uint)(key & PackedKeys.KeyMask), likely);
        var slot = Start(key);
        for (; young[slot] != 0; slot = slot + 1 == young.Length ? 0 : slot + 1)
            if (young[slot] >> FileBits == key) likely.Add((int)(young[slot] & FileMask) - 1);
        return slot;
    }

    int Start(ulong key) => (int)Math.BigMul(key << FileBits, (ulong)young.Length, out _);

    void Grow()
    {
        var old = young;
        young = new ulong[old.Length + (old.Length / 2)];
        foreach (var value in old)
        {
            if (value == 0) continue;
            var slot = Start(value >> FileBits);
            while (young[slot] != 0) slot = slot + 1 == young.Length ? 0 : slot + 1;
            young[slot] = value;
        }
    }

    void Settle()
    {
        // First apart by run, then each run's few keys by themselves: they fit the cache.
        Span<int> ends = stackalloc int[RunCount];
        ends.Clear();
        foreach (var value in young)
            if (value != 0) ends[RunOf(value)]++;
        for (var run = 1; run < RunCount; run++) ends[run] += ends[run - 1];
        // Not of the pool: it would be held until the next time, when an eighth more is asked for.
        var sorted = GC.AllocateUninitializedArray<ulong>(youngCount);
        foreach (var value in young)
            if (value != 0) sorted[--ends[RunOf(value)]] = value;
        for (var run = 0; run < RunCount; run++)
        {
            // Each end has moved to where its run begins.
            var keys = sorted.AsSpan(ends[run]..(run + 1 < RunCount ? ends[run + 1] : youngCount));
            if (keys.IsEmpty) continue;
            keys.Sort();
            runs[run] = runs[run].With(keys);
        }
        Array.Clear(young);
        youngCount = 0;
    }

    static int RunOf(ulong value) => (int)(value >> (FileBits + PackedKeys.KeyBits));
}
