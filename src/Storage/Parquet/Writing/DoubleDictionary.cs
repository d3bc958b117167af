using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Storage.Parquet.Encodings;

namespace Cairn.Storage.Parquet.Writing;

/// <summary>Finds out whether doubles repeat so often (prices, quantities) that a dictionary is smaller than the values themselves.</summary>
static class DoubleDictionary
{
    /// <summary>Most distinct values; more would rarely be smaller, and a small table stays in the processor's cache.</summary>
    const int MaxDistinct = 1 << 12;

    /// <summary>A prime-like odd factor that spreads the bits of similar doubles (Knuth's multiplicative hashing).</summary>
    const ulong Spread = 0x9E3779B97F4A7C15;

    /// <param name="values">All values of a chunk that are there.</param>
    /// <param name="codes">Becomes each value's code; as long as <paramref name="values"/>.</param>
    /// <param name="scratch">Holds the distinct values.</param>
    /// <param name="distinct">The values by code, compared by their bits: NaNs and both zeros stay as they are.</param>
    /// <param name="width">Bits of a code.</param>
    /// <returns>False where it does not pay.</returns>
    public static bool TryBuild(ReadOnlySpan<double> values, Span<int> codes, Scratch<long> scratch, out ReadOnlySpan<double> distinct, out int width)
    {
        distinct = [];
        width = 0;
        if (values.IsEmpty) return false;
        var bits = MemoryMarshal.Cast<double, long>(values);
        var limit = Math.Min(MaxDistinct, values.Length / 2);
        Span<short> slots = stackalloc short[MaxDistinct * 2];
        slots.Clear();
        var known = scratch.Of(MaxDistinct);
        var count = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            var slot = (int)((ulong)bits[i] * Spread >> (64 - 13));
            while (slots[slot] != 0 && known[slots[slot] - 1] != bits[i]) slot = (slot + 1) & ((MaxDistinct * 2) - 1);
            if (slots[slot] == 0)
            {
                if (count == limit) return false;
                known[count] = bits[i];
                slots[slot] = (short)++count;
            }
            codes[i] = slots[slot] - 1;
        }
        width = BitPacking.WidthOf((ulong)count - 1);
        distinct = MemoryMarshal.Cast<long, double>(known[..count]);
        return (count * 8L) + BitPacking.BytesOf(values.Length, width) < values.Length * 8L;
    }
}
