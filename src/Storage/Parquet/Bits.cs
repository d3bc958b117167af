using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet;

/// <summary>Bit masks in words: bit i is bit i % 64 of word i / 64. A column's presence mask has a 1 for every row that holds a value.</summary>
public static class Bits
{
    /// <summary>Words that hold <paramref name="count"/> bits.</summary>
    public static int WordsOf(int count) => (count + 63) >> 6;

    public static bool Get(ReadOnlySpan<ulong> bits, int index) => (bits[index >> 6] >> index & 1) != 0;

    public static void Set(Span<ulong> bits, int index) => bits[index >> 6] |= 1UL << index;

    /// <summary>How many of the first <paramref name="count"/> bits are 1.</summary>
    public static int Count(ReadOnlySpan<ulong> bits, int count)
    {
        var ones = 0;
        foreach (var word in bits[..(count >> 6)]) ones += BitOperations.PopCount(word);
        if ((count & 63) != 0) ones += BitOperations.PopCount(bits[count >> 6] & ((1UL << count) - 1));
        return ones;
    }

    /// <summary>Sets <paramref name="count"/> bits from <paramref name="start"/> on.</summary>
    public static void SetRange(Span<ulong> bits, int start, int count)
    {
        var end = start + count;
        while (start < end)
        {
            var inWord = Math.Min(64 - (start & 63), end - start);
            bits[start >> 6] |= (inWord == 64 ? ulong.MaxValue : (1UL << inWord) - 1) << start;
            start += inWord;
        }
    }

    /// <summary>Sets bits from <paramref name="start"/> on, which are 0, to the first <paramref name="count"/> bits of <paramref name="from"/>.</summary>
    internal static void Copy(ReadOnlySpan<byte> from, int count, Span<ulong> bits, int start)
    {
        if ((start & 7) == 0)
        {
            from[..(count >> 3)].CopyTo(MemoryMarshal.AsBytes(bits)[(start >> 3)..]);
            if ((count & 7) != 0) Or(bits, start + (count & ~7), from[count >> 3] & ((1UL << (count & 7)) - 1), count & 7);
            return;
        }
        for (; count >= 64; count -= 64, start += 64, from = from[8..]) Or(bits, start, BinaryPrimitives.ReadUInt64LittleEndian(from), 64);
        for (; count > 0; count -= 8, start += 8, from = from[1..])
        {
            var inByte = Math.Min(8, count);
            Or(bits, start, from[0] & ((1UL << inByte) - 1), inByte);
        }
    }

    static void Or(Span<ulong> bits, int start, ulong value, int count)
    {
        var shift = start & 63;
        bits[start >> 6] |= value << shift;
        if (shift + count > 64) bits[(start >> 6) + 1] |= value >> (64 - shift);
    }
}
