using System.Numerics;
using Cairn.Storage.Parquet;

namespace Cairn.Behaviour.Storage.Parquet.Encodings;

/// <summary>The encodings once more, bit by bit, as the format's page tells them.</summary>
static class Naive
{
    public static byte[] Pack(IReadOnlyList<ulong> values, int width)
    {
        var bytes = new byte[((values.Count * width) + 7) / 8];
        for (var i = 0; i < values.Count; i++)
            for (var bit = 0; bit < width; bit++)
                if ((values[i] >> bit & 1) != 0) bytes[((i * width) + bit) / 8] |= (byte)(1 << (((i * width) + bit) % 8));
        return bytes;
    }

    public static ulong[] Unpack(ReadOnlySpan<byte> bytes, int width, int count)
    {
        var values = new ulong[count];
        for (var i = 0; i < count; i++)
            for (var bit = 0; bit < width; bit++)
                if ((bytes[((i * width) + bit) / 8] >> (((i * width) + bit) % 8) & 1) != 0) values[i] |= 1UL << bit;
        return values;
    }

    /// <summary>Reads runs of either kind.</summary>
    public static int[] Hybrid(ReadOnlySpan<byte> bytes, int width, int count)
    {
        var values = new List<int>();
        var at = 0;
        while (values.Count < count)
        {
            var header = (int)Varint(bytes, ref at);
            if ((header & 1) == 0)
            {
                var value = 0;
                for (var i = 0; i < (width + 7) / 8; i++) value |= bytes[at++] << (8 * i);
                values.AddRange(Enumerable.Repeat(value, header >> 1));
            }
            else
            {
                values.AddRange(Unpack(bytes[at..], width, (header >> 1) * 8).Select(value => (int)value));
                at += (header >> 1) * width;
            }
        }
        return [.. values.Take(count)];
    }

    /// <summary>Reads a delta-binary-packed page in numbers that never overflow, then wraps them.</summary>
    public static long[] Delta(ReadOnlySpan<byte> bytes, int bits)
    {
        var at = 0;
        var perBlock = (int)Varint(bytes, ref at);
        var miniblocks = (int)Varint(bytes, ref at);
        var count = (int)Varint(bytes, ref at);
        BigInteger previous = UnZigZag(Varint(bytes, ref at));
        var values = new List<long> { (long)previous };
        while (values.Count < count)
        {
            var smallest = UnZigZag(Varint(bytes, ref at));
            var widths = bytes.Slice(at, miniblocks).ToArray();
            at += miniblocks;
            foreach (var width in widths)
            {
                if (values.Count >= count) break;
                foreach (var delta in Unpack(bytes[at..], width, perBlock / miniblocks))
                {
                    previous = Wrap(previous + smallest + delta, bits);
                    values.Add((long)previous);
                }
                at += perBlock / miniblocks * width / 8;
            }
        }
        return [.. values.Take(count)];
    }

    /// <summary>A byte buffer's content, made by <paramref name="write"/>.</summary>
    public static byte[] Bytes(Action<ByteBuffer> write)
    {
        using var buffer = new ByteBuffer();
        write(buffer);
        return buffer.Written.ToArray();
    }

    static BigInteger Wrap(BigInteger value, int bits)
    {
        var range = BigInteger.One << bits;
        value = ((value % range) + range) % range;
        return value >= range / 2 ? value - range : value;
    }

    static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at++] < 0x80) return value;
        }
    }

    static long UnZigZag(ulong value) => (value & 1) == 0 ? (long)(value >> 1) : -(long)(value >> 1) - 1;
}
