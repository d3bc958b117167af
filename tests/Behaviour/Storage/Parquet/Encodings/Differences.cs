using Cairn.Storage.Parquet.Encodings;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Parquet.Encodings;

public class Differences
{
    [Fact]
    public void Are_read_as_the_naive_reader_reads_them()
    {
        var seeds = FullRun.Count(400, 30_000);
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var values = RandomNumbers(random, 1 + random.Next(seed < 200 ? 70 : 700));
            var bytes = Naive.Bytes(into => DeltaBinaryPacked.Encode(values, into));
            Assert.True(bytes.Length <= DeltaBinaryPacked.MaxBytes(values.Length), $"seed {seed}");
            Assert.Equal(values, Naive.Delta(bytes, 64));
            var read = new long[values.Length];
            Assert.Equal(bytes.Length, DeltaBinaryPacked.Decode(bytes, read));
            Assert.Equal(values, read);
        }
        FullRun.Keep(this, $"seeds 0 to {seeds - 1}: encoded, and read back by the kernel and by the naive reader alike");
    }

    [Fact]
    public void Of_32_bits_wrap_within_them()
    {
        var seeds = FullRun.Count(400, 30_000);
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var values = Array.ConvertAll(RandomNumbers(random, 1 + random.Next(500)), value => (int)value);
            var bytes = Naive.Bytes(into => DeltaBinaryPacked.Encode(values, into));
            Assert.Equal(Array.ConvertAll(values, value => (long)value), Naive.Delta(bytes, 32));
            var read = new int[values.Length];
            Assert.Equal(bytes.Length, DeltaBinaryPacked.Decode(bytes, read));
            Assert.Equal(values, read);
        }
        FullRun.Keep(this, $"seeds 0 to {seeds - 1}: encoded, and read back by the kernel and by the naive reader alike");
    }

    [Fact]
    public void Of_even_steps_take_no_bits() =>
        Assert.True(Naive.Bytes(into => DeltaBinaryPacked.Encode(Enumerable.Range(0, 12_800).Select(i => i * 1000L).ToArray(), into)).Length < 800);

    [Theory]
    [InlineData("", "another byte of a varint")]
    [InlineData("64", "a multiple of 128 values per block")]
    [InlineData("80010502", "miniblocks of a multiple of 32 values")]
    [InlineData("80010409", "10 values")]
    [InlineData("8001040A02", "another byte of a varint")]
    [InlineData("8001040A020241", "4 widths of miniblocks")]
    [InlineData("8001040A020241000000", "a miniblock of at most 64 bits")]
    [InlineData("8001040A02022000000000", "a miniblock of 36 bytes")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01", "a varint of at most 10 bytes")]
    public void That_cannot_be_are_named(string hex, string expected)
    {
        var fault = Assert.Throws<EncodingException>(() => DeltaBinaryPacked.Decode(Convert.FromHexString(hex), new long[10]));
        Assert.Contains(expected, fault.Expected, StringComparison.Ordinal);
    }

    static long[] RandomNumbers(Random random, int count)
    {
        var values = new long[count];
        var kind = random.Next(4);
        for (var i = 0; i < count; i++)
            values[i] = kind switch
            {
                0 => 1_700_000_000_000 + (i * 1000L) + random.Next(1000),
                1 => random.NextInt64(long.MinValue, long.MaxValue),
                2 => random.Next(5),
                _ => random.Next(10) switch { 0 => long.MinValue, 1 => long.MaxValue, _ => random.Next(-100, 100) },
            };
        return values;
    }
}
