namespace Cairn.Storage.Recent;

/// <summary>
/// Which file may hold a row whose <see cref="DuplicateKey"/> has a given high half: exact about what it denies, and wrong about what it affirms once
/// in some 20 million questions at 10 million keys, so what it affirms is looked up in the file.
/// </summary>
/// <remarks>
/// Eight bytes a key, whatever number of files: open addressing in <see cref="SegmentCount"/> segments that grow one at a time, so that growing
/// never needs twice the memory.
/// <code>
/// segment       bits 63 to 56 of the high half
/// slot's value  bits 63 to 24: bits 55 to 16 of the high half, which also say where probing begins; bits 23 to 0: the file's number + 1; 0 is a free slot
/// </code>
/// Not thread-safe.
/// </remarks>
sealed class DuplicateIndex
{
    const int SegmentCount = 256;
    const int FileBits = 24;
    const ulong FileMask = (1UL << FileBits) - 1;

    /// <summary>Files that the index can tell apart.</summary>
    public const int MaxFiles = (1 << FileBits) - 1;

    readonly ulong[][] segments = new ulong[SegmentCount][];
    readonly int[] counts = new int[SegmentCount];

    /// <summary>Keys held.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of memory it holds.</summary>
    public long MemoryBytes => segments.Sum(segment => 8L * (segment?.Length ?? 0));

    /// <summary>Adds a key's high half of a file, and the files of likely equal ones, its own included, to <paramref name="likely"/>.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Add(long high, int file, List<int> likely)
    {
        var number = (int)((ulong)high >> 56);
        ref var segment = ref segments[number];
        // At most seven eighths full: linear probing stays short enough, and memory stays small.
        if (segment is null || (counts[number] + 1) * 8L > segment.Length * 7L) Grow(ref segment);
        var bits = (ulong)high << 8 >> FileBits;
        var found = false;
        var slot = Start(bits, segment!.Length);
        for (; segment[slot] != 0; slot = slot + 1 == segment.Length ? 0 : slot + 1)
        {
            if (segment[slot] >> FileBits != bits) continue;
            likely.Add((int)(segment[slot] & FileMask) - 1);
            found = true;
        }
        segment[slot] = bits << FileBits | (uint)(file + 1);
        counts[number]++;
        Count++;
        return found;
    }

    static int Start(ulong bits, int length) => (int)((UInt128)bits * (ulong)length >> (64 - FileBits));

    static void Grow(ref ulong[]? segment)
    {
        var old = segment ?? [];
        segment = new ulong[Math.Max(16, old.Length + (old.Length / 2))];
        foreach (var value in old)
        {
            if (value == 0) continue;
            var slot = Start(value >> FileBits, segment.Length);
            while (segment[slot] != 0) slot = slot + 1 == segment.Length ? 0 : slot + 1;
            segment[slot] = value;
        }
    }
}
