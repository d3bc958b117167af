using Cairn.Storage.Parquet;
using Cairn.Storage.Parquet.Encodings;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet.Encodings;

public class Runs
{
    public static TheoryData<int> Widths() => [.. Enumerable.Range(0, 33)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Are_read_as_the_naive_reader_reads_them(int width)
    {
        var random = new Random(width);
        for (var round = 0; round < FullRun.Count(80, 3_000); round++)
        {
            var values = RandomRuns(random, random.Next(500), width == 32 ? int.MaxValue : (int)((1L << width) - 1));
            var bytes = Naive.Bytes(into => RunLengthHybrid.Encode(values, width, into));
            Assert.Equal(values, Naive.Hybrid(bytes, width, values.Length));
            var read = new int[values.Length];
            RunLengthHybrid.Decode(bytes, width, read);
            Assert.Equal(values, read);
        }
    }

    [Fact]
    public void Of_bits_are_those_of_values_of_width_one_wherever_they_begin()
    {
        var seeds = FullRun.Count(600, 30_000);
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var values = RandomRuns(random, random.Next(700), 1);
            var bits = new ulong[Bits.WordsOf(values.Length)];
            for (var i = 0; i < values.Length; i++)
                if (values[i] == 1) Bits.Set(bits, i);
            var bytes = seed % 2 == 0 ? Naive.Bytes(into => RunLengthHybrid.EncodeBits(bits, values.Length, into)) : Naive.Bytes(into => RunLengthHybrid.Encode(values, 1, into));
            Assert.Equal(values, Naive.Hybrid(bytes, 1, values.Length));
            var start = random.Next(200);
            var read = new ulong[Bits.WordsOf(start + values.Length)];
            RunLengthHybrid.DecodeBits(bytes, values.Length, read, start);
            Assert.Equal(Enumerable.Repeat(0, start).Concat(values), Enumerable.Range(0, start + values.Length).Select(i => Bits.Get(read, i) ? 1 : 0));
        }
        FullRun.Keep(this, $"seeds 0 to {seeds - 1}: encoded, and read back by the kernel and by the naive reader alike");
    }

    [Fact]
    public void Of_equal_values_take_a_few_bytes_whatever_their_number()
    {
        Assert.Equal(4, Naive.Bytes(into => RunLengthHybrid.Encode(new int[10_000], 5, into)).Length);
        Assert.Equal(3, Naive.Bytes(into => RunLengthHybrid.Encode(new int[10_000], 0, into)).Length);
    }

    [Theory]
    [InlineData("", 3, "runs for 10 more values")]
    [InlineData("00", 3, "a run of at least one value")]
    [InlineData("14", 3, "a run's value of 1 bytes")]
    [InlineData("1409", 3, "a value of 3 bits")]
    [InlineData("03FFFF", 3, "3 bytes of packed values")]
    [InlineData("FFFFFFFFFF01", 3, "a run header of at most 32 bits")]
    public void That_cannot_be_are_named(string hex, int width, string expected)
    {
        var fault = Assert.Throws<EncodingException>(() => RunLengthHybrid.Decode(Convert.FromHexString(hex), width, new int[10]));
        Assert.Contains(expected, fault.Expected, StringComparison.Ordinal);
    }

    static int[] RandomRuns(Random random, int count, int largest)
    {
        var values = new int[count];
        for (var i = 0; i < count;)
        {
            var value = (int)random.NextInt64(largest + 1L);
            for (var run = random.Next(3) == 0 ? random.Next(1, 100) : 1; run > 0 && i < count; run--) values[i++] = value;
        }
        return values;
    }
}
