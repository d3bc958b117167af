using System.Numerics;

namespace Cairn.Storage.Lake;

/// <summary>A set of keys in 18 bits and more each: exact about what it denies, wrong about what it affirms once in 65,536 questions.</summary>
/// <remarks>
/// A binary fuse filter of three 16-bit fingerprints a key. Half the size would be wrong once in 256 questions, and every question that is
/// affirmed costs a look at the file's ids. Source: T. M. Graf, D. Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", ACM JEA 27 (2022).
/// </remarks>
sealed class FuseFilter
{
    /// <summary>Seeds tried: the first is good nine times in ten.</summary>
    const int MaxSeeds = 100;

    const int MaxSegmentSlots = 1 << 18;

    readonly ushort[] fingerprints;

    FuseFilter(int keyCount, ulong seed, int segmentSlots, int startSlots, ushort[] fingerprints) =>
        (KeyCount, Seed, SegmentSlots, StartSlots, this.fingerprints) = (keyCount, seed, segmentSlots, startSlots, fingerprints);

    public int KeyCount { get; }

    public ulong Seed { get; }

    /// <summary>A power of two.</summary>
    public int SegmentSlots { get; }

    /// <summary>Slots of all segments but the last two.</summary>
    public int StartSlots { get; }

    /// <summary>One a slot; none where no seed was good, so that any key may be in it.</summary>
    public ReadOnlySpan<ushort> Fingerprints => fingerprints;

    /// <summary>A filter of these keys.</summary>
    /// <param name="keys">In any order, repeated or not.</param>
    public static FuseFilter Of(ReadOnlySpan<long> keys)
    {
        var (segmentSlots, startSlots) = Sizes(keys.Length);
        var hashes = new ulong[keys.Length];
        for (ulong attempt = 0; attempt < MaxSeeds; attempt++)
        {
            var seed = Mix(attempt, 0x9E37_79B9_7F4A_7C15);
            for (var i = 0; i < hashes.Length; i++) hashes[i] = Mix((ulong)keys[i], seed);
            // In order of their first slots, so that memory is gone through once; equal ones end up side by side.
            Array.Sort(hashes);
            var count = Distinct(hashes);
            if (Builder.TryBuild(hashes.AsSpan(0, count), segmentSlots, startSlots) is { } fingerprints) return new(keys.Length, seed, segmentSlots, startSlots, fingerprints);
        }
        // Somebody chose the keys so: then every key is looked for in the file.
        return new(keys.Length, 0, segmentSlots, startSlots, []);
    }

    /// <summary>A filter as it was stored; null where its numbers don't fit together.</summary>
    public static FuseFilter? Restore(int keyCount, ulong seed, int segmentSlots, int startSlots, ushort[] fingerprints) =>
        segmentSlots < 1 || !BitOperations.IsPow2(segmentSlots) || startSlots < segmentSlots || (fingerprints.Length > 0 && fingerprints.Length != startSlots + (2L * segmentSlots))
            ? null
            : new(keyCount, seed, segmentSlots, startSlots, fingerprints);

    /// <summary>Whether a key may be one of them.</summary>
    public bool MayHold(long key)
    {
        if (KeyCount == 0) return false;
        if (fingerprints.Length == 0) return true;
        var hash = Mix((ulong)key, Seed);
        var (first, second, third) = SlotsOf(hash, SegmentSlots, StartSlots);
        return (FingerprintOf(hash) ^ fingerprints[first] ^ fingerprints[second] ^ fingerprints[third]) == 0;
    }

    /// <remarks>Source: MurmurHash3's finalizer, A. Appleby, public domain.</remarks>
    public static ulong Mix(ulong key, ulong seed)
    {
        var hash = key + seed;
        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CE_B9FE_1A85_EC53;
        return hash ^ (hash >> 33);
    }

    /// <remarks>Source: the paper, section 4: segments of 2^(log(n)/log(3.33) + 2.25) slots; 1.125 slots a key and more where keys are few.</remarks>
    static (int SegmentSlots, int StartSlots) Sizes(int keys)
    {
        if (keys <= 1) return (4, 4);
        var segment = Math.Min(MaxSegmentSlots, 1 << (int)Math.Floor((Math.Log(keys) / Math.Log(3.33)) + 2.25));
        var factor = Math.Max(1.125, 0.875 + (0.25 * Math.Log(1_000_000) / Math.Log(keys)));
        var segments = (long)Math.Ceiling(Math.Round(keys * factor) / segment) - 2;
        return (segment, checked((int)(Math.Max(1, segments) * segment)));
    }

    static int Distinct(Span<ulong> sorted)
    {
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1]) sorted[count++] = sorted[i];
        return count;
    }

    static (int First, int Second, int Third) SlotsOf(ulong hash, int segmentSlots, int startSlots)
    {
        var mask = segmentSlots - 1;
        var first = (int)Math.BigMul(hash, (ulong)startSlots, out _);
        return (first, (first + segmentSlots) ^ ((int)(hash >> 18) & mask), (first + (2 * segmentSlots)) ^ ((int)hash & mask));
    }

    static int FingerprintOf(ulong hash) => (ushort)(hash ^ (hash >> 32));

    /// <summary>Finds an order in which every key has a slot that no later one uses, and fills the slots backwards.</summary>
    static class Builder
    {
        public static ushort[]? TryBuild(ReadOnlySpan<ulong> hashes, int segmentSlots, int startSlots)
        {
            var slotCount = startSlots + (2 * segmentSlots);
            // Keys of each slot: how many, which of their three slots it is (xor), and the hashes (xor).
            var counts = new int[slotCount];
            var which = new byte[slotCount];
            var xors = new ulong[slotCount];
            foreach (var hash in hashes)
            {
                var (first, second, third) = SlotsOf(hash, segmentSlots, startSlots);
                (counts[first], xors[first]) = (counts[first] + 1, xors[first] ^ hash);
                (counts[second], which[second], xors[second]) = (counts[second] + 1, (byte)(which[second] ^ 1), xors[second] ^ hash);
                (counts[third], which[third], xors[third]) = (counts[third] + 1, (byte)(which[third] ^ 2), xors[third] ^ hash);
            }
            var order = new (ulong Hash, byte Which)[hashes.Length];
            if (Peel(order, counts, which, xors, segmentSlots, startSlots) != hashes.Length) return null;
            var fingerprints = new ushort[slotCount];
            for (var i = order.Length - 1; i >= 0; i--)
            {
                var (first, second, third) = SlotsOf(order[i].Hash, segmentSlots, startSlots);
                var slot = order[i].Which switch { 0 => first, 1 => second, _ => third };
                fingerprints[slot] = (ushort)(FingerprintOf(order[i].Hash) ^ fingerprints[first] ^ fingerprints[second] ^ fingerprints[third]);
            }
            return fingerprints;
        }

        static int Peel((ulong Hash, byte Which)[] order, int[] counts, byte[] which, ulong[] xors, int segmentSlots, int startSlots)
        {
            var alone = new int[counts.Length];
            int aloneCount = 0, peeled = 0;
            for (var slot = 0; slot < counts.Length; slot++)
                if (counts[slot] == 1) alone[aloneCount++] = slot;
            while (aloneCount > 0)
            {
                var slot = alone[--aloneCount];
                if (counts[slot] != 1) continue;
                var (hash, own) = (xors[slot], which[slot]);
                order[peeled++] = (hash, own);
                var (first, second, third) = SlotsOf(hash, segmentSlots, startSlots);
                Take(first, 0);
                Take(second, 1);
                Take(third, 2);

                void Take(int from, byte number)
                {
                    if (--counts[from] == 1) alone[aloneCount++] = from;
                    which[from] ^= number;
                    xors[from] ^= hash;
                }
            }
            return peeled;
        }
    }
}
