using Cairn.Storage.Parquet.Encodings;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet.Encodings;

public class Packed_bits
{
    public static TheoryData<int> Widths() => [.. Enumerable.Range(0, 65)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Are_the_naive_ones_both_ways(int width)
    {
        var random = new Random(width);
        for (var round = 0; round < FullRun.Count(60, 3_000); round++)
        {
            var count = round < 20 ? round : random.Next(300);
            var values = Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) & (width == 64 ? ulong.MaxValue : (1UL << width) - 1)).ToArray();
            var naive = Naive.Pack(values, width);
            var packed = new byte[naive.Length];
            Assert.Equal(naive.Length, BitPacking.Encode(values, width, packed));
            Assert.Equal(naive, packed);
            // No byte behind the last one is touched: the array ends there.
            var unpacked = new ulong[count];
            BitPacking.Decode(packed, width, unpacked);
            Assert.Equal(values, unpacked);
            if (width > 32) continue;
            var narrow = Array.ConvertAll(values, value => (int)value);
            Assert.Equal(naive.Length, BitPacking.Encode(narrow, width, packed));
            Assert.Equal(naive, packed);
            var unpackedNarrow = new int[count];
            BitPacking.Decode(packed, width, unpackedNarrow);
            Assert.Equal(narrow, unpackedNarrow);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(255, 8)]
    [InlineData(256, 9)]
    [InlineData(ulong.MaxValue, 64)]
    public void Are_as_wide_as_the_largest_value(ulong largest, int width) => Assert.Equal(width, BitPacking.WidthOf(largest));
}
