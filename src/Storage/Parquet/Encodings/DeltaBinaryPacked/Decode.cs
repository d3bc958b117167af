using System.Buffers;

namespace Cairn.Storage.Parquet.Encodings;

static partial class DeltaBinaryPacked
{
    /// <summary>Reads exactly <paramref name="values"/>.Length values, which must be the count that the header names.</summary>
    /// <returns>Bytes read.</returns>
    /// <exception cref="EncodingException">The header or a block is impossible, or the bytes end early.</exception>
    public static int Decode(ReadOnlySpan<byte> from, Span<long> values)
    {
        var position = 0;
        var (miniblocks, perMiniblock) = ReadHeader(from, ref position, values.Length);
        var previous = UnZigZag(ReadVarint(from, ref position));
        if (values.IsEmpty) return position;
        values[0] = previous;
        Span<ulong> unpacked = stackalloc ulong[MiniblockValues];
        for (var i = 1; i < values.Length;)
        {
            var smallest = UnZigZag(ReadVarint(from, ref position));
            if (from.Length - position < miniblocks) throw new EncodingException($"{miniblocks} widths of miniblocks", $"{from.Length - position} bytes");
            var widths = from.Slice(position, miniblocks);
            position += miniblocks;
            for (var m = 0; m < miniblocks && i < values.Length; m++)
            {
                int width = widths[m];
                if (width > 64) throw new EncodingException("a miniblock of at most 64 bits a value", $"{width}");
                var count = Math.Min(perMiniblock, values.Length - i);
                var needed = BitPacking.BytesOf(count, width);
                if (needed > from.Length - position) throw new EncodingException($"a miniblock of {needed} bytes", $"{from.Length - position}");
                for (var done = 0; done < count; done += MiniblockValues)
                {
                    var part = unpacked[..Math.Min(MiniblockValues, count - done)];
                    BitPacking.Decode(from[(position + (done / 8 * width))..], width, part);
                    foreach (var delta in part) values[i++] = previous = unchecked(previous + smallest + (long)delta);
                }
                position = (int)Math.Min(from.Length, position + BitPacking.BytesOf(perMiniblock, width));
            }
        }
        return position;
    }

    /// <summary>Reads 32-bit values; otherwise as the other overload.</summary>
    public static int Decode(ReadOnlySpan<byte> from, Span<int> values)
    {
        var wide = ArrayPool<long>.Shared.Rent(values.Length);
        try
        {
            var read = Decode(from, wide.AsSpan(0, values.Length));
            // Sums that wrapped around in 32 bits agree with these in their low half.
            for (var i = 0; i < values.Length; i++) values[i] = unchecked((int)wide[i]);
            return read;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(wide);
        }
    }

    static (int Miniblocks, int PerMiniblock) ReadHeader(ReadOnlySpan<byte> from, ref int position, int wanted)
    {
        var perBlock = ReadVarint(from, ref position);
        if (perBlock is 0 or > MaxBlockValues || perBlock % 128 != 0) throw new EncodingException($"a multiple of 128 values per block, at most {MaxBlockValues}", $"{perBlock}");
        var miniblocks = ReadVarint(from, ref position);
        if (miniblocks == 0 || miniblocks > perBlock || perBlock % miniblocks != 0 || perBlock / miniblocks % 32 != 0)
            throw new EncodingException($"miniblocks of a multiple of 32 values in a block of {perBlock}", $"{miniblocks} of them");
        var count = ReadVarint(from, ref position);
        if (count != (ulong)wanted) throw new EncodingException($"{wanted} values", $"{count}");
        return ((int)miniblocks, (int)(perBlock / miniblocks));
    }

    static ulong ReadVarint(ReadOnlySpan<byte> from, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= from.Length) throw new EncodingException("another byte of a varint", "the end");
            var part = from[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw new EncodingException("a varint of at most 10 bytes", "a longer one");
    }

    static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
