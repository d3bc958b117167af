namespace Cairn.Storage.Parquet.Encodings;

static partial class DeltaBinaryPacked
{
    /// <summary>Appends 64-bit values.</summary>
    public static void Encode(ReadOnlySpan<long> values, ByteBuffer into)
    {
        var room = into.Reserve(MaxBytes(values.Length));
        var written = WriteHeader(values.Length, values.IsEmpty ? 0 : values[0], room);
        Span<long> deltas = stackalloc long[BlockValues];
        for (var i = 1; i < values.Length; i += BlockValues)
        {
            var count = Math.Min(BlockValues, values.Length - i);
            for (var j = 0; j < count; j++) deltas[j] = unchecked(values[i + j] - values[i + j - 1]);
            written += WriteBlock(deltas[..count], room[written..]);
        }
        into.Advance(written);
    }

    /// <summary>Appends 32-bit values.</summary>
    public static void Encode(ReadOnlySpan<int> values, ByteBuffer into)
    {
        var room = into.Reserve(MaxBytes(values.Length));
        var written = WriteHeader(values.Length, values.IsEmpty ? 0 : values[0], room);
        Span<long> deltas = stackalloc long[BlockValues];
        for (var i = 1; i < values.Length; i += BlockValues)
        {
            var count = Math.Min(BlockValues, values.Length - i);
            for (var j = 0; j < count; j++) deltas[j] = unchecked(values[i + j] - values[i + j - 1]);
            written += WriteBlock(deltas[..count], room[written..]);
        }
        into.Advance(written);
    }

    static int WriteHeader(int count, long first, Span<byte> into)
    {
        var written = WriteVarint(BlockValues, into);
        written += WriteVarint(MiniblocksPerBlock, into[written..]);
        written += WriteVarint((ulong)count, into[written..]);
        return written + WriteVarint(ZigZag(first), into[written..]);
    }

    static int WriteBlock(ReadOnlySpan<long> deltas, Span<byte> into)
    {
        var smallest = long.MaxValue;
        foreach (var delta in deltas) smallest = Math.Min(smallest, delta);
        var written = WriteVarint(ZigZag(smallest), into);
        var widths = into.Slice(written, MiniblocksPerBlock);
        widths.Clear();
        written += MiniblocksPerBlock;
        Span<ulong> packed = stackalloc ulong[MiniblockValues];
        for (var m = 0; m * MiniblockValues < deltas.Length; m++)
        {
            var miniblock = deltas[(m * MiniblockValues)..Math.Min(deltas.Length, (m + 1) * MiniblockValues)];
            packed.Clear();
            ulong all = 0;
            for (var i = 0; i < miniblock.Length; i++) all |= packed[i] = unchecked((ulong)miniblock[i] - (ulong)smallest);
            var width = BitPacking.WidthOf(all);
            widths[m] = (byte)width;
            written += BitPacking.Encode(packed, width, into[written..]);
        }
        return written;
    }

    static int WriteVarint(ulong value, Span<byte> into)
    {
        var written = 0;
        for (; value >= 0x80; value >>= 7) into[written++] = (byte)(value | 0x80);
        into[written++] = (byte)value;
        return written;
    }

    static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
