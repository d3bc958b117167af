using System.Buffers;
using System.Numerics;

namespace Cairn.Storage.Recent;

/// <summary>Sorted keys of 30 bits, each with the number of a file, in some 28 bits a key. Never changes.</summary>
/// <remarks>
/// Keys are spread evenly, so the gaps between neighbours are geometric, for which Rice coding is the best there is. Source: R. F. Rice, "Some
/// Practical Universal Noiseless Coding Techniques", JPL 79-22.
/// <code>
/// block         16 keys: the first stands whole in firsts, with the place of its bits; its bits are its file's number
/// other key     gap to the one before: gap &gt;&gt; k zeros, a one, the low k bits of the gap; then its file's number
/// </code>
/// </remarks>
sealed class PackedKeys
{
    public const int KeyBits = 30;
    public const ulong KeyMask = (1UL << KeyBits) - 1;
    const int BlockKeys = 16;
    const ulong FileMask = (1UL << DuplicateIndex.FileBits) - 1;

    public static readonly PackedKeys Empty = new([]);

    readonly int count;
    readonly int gapBits;
    readonly int fileBits;
    readonly uint[] firsts;
    readonly uint[] places;
    readonly ulong[] bits;

    /// <param name="values">Ascending: the key above the file's number + 1, as <see cref="DuplicateIndex"/> has them; bits above the key's are ignored.</param>
    PackedKeys(ReadOnlySpan<ulong> values)
    {
        count = values.Length;
        firsts = new uint[(count + BlockKeys - 1) / BlockKeys];
        places = new uint[firsts.Length];
        gapBits = count == 0 ? 0 : BitOperations.Log2(Math.Max(1, (uint)((1UL << KeyBits) / (uint)count)));
        var maxFile = 0UL;
        var codeBits = 0L;
        for (var i = 0; i < count; i++)
        {
            maxFile = Math.Max(maxFile, values[i] & FileMask);
            if (i % BlockKeys != 0) codeBits += (long)(Gap(values, i) >> gapBits) + 1 + gapBits;
        }
        fileBits = 64 - BitOperations.LeadingZeroCount(maxFile);
        // One word more, so that a reader may always look at two.
        bits = new ulong[((codeBits + ((long)count * fileBits) + 63) / 64) + 1];
        Write(values);
    }

    public long MemoryBytes => (8L * (firsts.Length + bits.Length)) + 96;

    /// <summary>Adds the numbers of the files that have a key.</summary>
    public void Find(uint key, List<int> files)
    {
        if (count == 0) return;
        // Keys are spread evenly, so the right block is a few steps from where it would be if they were so exactly. Equal keys may reach over
        // blocks: from the last block that begins before the key.
        var block = (int)((ulong)key * (uint)firsts.Length >> KeyBits);
        while (block > 0 && firsts[block] >= key) block--;
        while (block + 1 < firsts.Length && firsts[block + 1] < key) block++;
        for (; block < firsts.Length && firsts[block] <= key; block++)
        {
            var reader = new Reader(this, block);
            while (reader.Next() && reader.Key <= key)
                if (reader.Key == key) files.Add(reader.File);
        }
    }

    /// <summary>These keys and more.</summary>
    /// <param name="more">As the constructor's.</param>
    public PackedKeys With(ReadOnlySpan<ulong> more)
    {
        var all = ArrayPool<ulong>.Shared.Rent(count + more.Length);
        var written = 0;
        for (var block = 0; block < firsts.Length; block++)
        {
            var reader = new Reader(this, block);
            while (reader.Next())
            {
                var value = (ulong)reader.Key << DuplicateIndex.FileBits | (uint)(reader.File + 1);
                for (; more.Length > 0 && Below(more[0]) < value; more = more[1..]) all[written++] = Below(more[0]);
                all[written++] = value;
            }
        }
        foreach (var value in more) all[written++] = Below(value);
        var packed = new PackedKeys(all.AsSpan(0, written));
        ArrayPool<ulong>.Shared.Return(all);
        return packed;
    }

    static ulong Below(ulong value) => value & (1UL << (KeyBits + DuplicateIndex.FileBits)) - 1;

    static ulong Gap(ReadOnlySpan<ulong> values, int index) => (values[index] >> DuplicateIndex.FileBits) - (values[index - 1] >> DuplicateIndex.FileBits);

    void Write(ReadOnlySpan<ulong> values)
    {
        var place = 0L;
        for (var i = 0; i < count; i++)
        {
            if (i % BlockKeys == 0)
            {
                firsts[i / BlockKeys] = (uint)(values[i] >> DuplicateIndex.FileBits);
                places[i / BlockKeys] = checked((uint)place);
            }
            else
            {
                var gap = Gap(values, i);
                place += (long)(gap >> gapBits);
                Put(1, place++);
                Put(gap & (1UL << gapBits) - 1, place);
                place += gapBits;
            }
            Put(values[i] & FileMask, place);
            place += fileBits;
        }
    }

    void Put(ulong value, long place)
    {
        var shift = (int)(place & 63);
        bits[place >> 6] |= value << shift;
        if (shift > 0) bits[(place >> 6) + 1] |= value >> (64 - shift);
    }

    /// <summary>At least 32 bits from a place on, lowest first.</summary>
    ulong Look(long place)
    {
        var shift = (int)(place & 63);
        var word = bits[place >> 6] >> shift;
        return shift == 0 ? word : word | bits[(place >> 6) + 1] << (64 - shift);
    }

    /// <summary>Goes through one block.</summary>
    struct Reader(PackedKeys keys, int block)
    {
        readonly int end = Math.Min(BlockKeys, keys.count - (block * BlockKeys));
        long place = keys.places[block];
        int next;

        public uint Key { get; private set; } = keys.firsts[block];
        public int File { get; private set; }

        public bool Next()
        {
            if (next == end) return false;
            if (next++ > 0)
            {
                var zeros = 0u;
                ulong window;
                while ((window = keys.Look(place)) == 0)
                {
                    zeros += 64;
                    place += 64;
                }
                var run = BitOperations.TrailingZeroCount(window);
                zeros += (uint)run;
                place += run + 1;
                Key += (zeros << keys.gapBits) + (uint)(keys.Look(place) & (1UL << keys.gapBits) - 1);
                place += keys.gapBits;
            }
            File = (int)(keys.Look(place) & (1UL << keys.fileBits) - 1) - 1;
            place += keys.fileBits;
            return true;
        }
    }
}
