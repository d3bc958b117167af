using System.Buffers.Binary;

namespace Cairn.Storage.Parquet.Encodings;

static partial class RunLengthHybrid
{
    /// <summary>Reads exactly <paramref name="values"/>.Length values.</summary>
    /// <param name="from">The runs; what stands behind the last one needed is left alone.</param>
    /// <param name="width">0 to <see cref="MaxWidth"/>.</param>
    /// <exception cref="EncodingException">The runs end early or a value is wider than <paramref name="width"/>.</exception>
    public static void Decode(ReadOnlySpan<byte> from, int width, Span<int> values)
    {
        var position = 0;
        while (!values.IsEmpty)
        {
            var (count, isPacked) = ReadHeader(from, ref position, values.Length);
            var target = values[..count];
            if (isPacked)
            {
                BitPacking.Decode(TakePacked(from, ref position, count, width), width, target);
            }
            else
            {
                target.Fill(ReadValue(from, ref position, width));
            }
            values = values[count..];
        }
    }

    /// <summary>Reads values of width 1 as bits.</summary>
    /// <param name="bits">Bits from <paramref name="firstBit"/> on are 0 and become the values.</param>
    public static void DecodeBits(ReadOnlySpan<byte> from, int count, Span<ulong> bits, int firstBit)
    {
        var position = 0;
        while (count > 0)
        {
            var (run, isPacked) = ReadHeader(from, ref position, count);
            if (isPacked) Bits.Copy(TakePacked(from, ref position, run, 1), run, bits, firstBit);
            else if (ReadValue(from, ref position, 1) != 0) Bits.SetRange(bits, firstBit, run);
            firstBit += run;
            count -= run;
        }
    }

    /// <summary>A run's header: how many of the wanted values it holds, and whether they are packed.</summary>
    static (int Count, bool IsPacked) ReadHeader(ReadOnlySpan<byte> from, ref int position, int wanted)
    {
        uint header = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (position >= from.Length) throw new EncodingException($"runs for {wanted} more values", "the end");
            var part = from[position++];
            if (shift == 28 && part > 0x0F) throw new EncodingException("a run header of at most 32 bits", "a longer one");
            header |= (uint)(part & 0x7F) << shift;
            if (part < 0x80) break;
        }
        if (header >> 1 == 0) throw new EncodingException("a run of at least one value", "an empty one");
        var isPacked = (header & 1) != 0;
        return ((int)Math.Min(wanted, isPacked ? (header >> 1) * 8L : header >> 1), isPacked);
    }

    /// <summary>The bytes of the wanted values of a packed run; the position moves past all of its groups, or to the end where the padding is missing.</summary>
    static ReadOnlySpan<byte> TakePacked(ReadOnlySpan<byte> from, ref int position, int count, int width)
    {
        var needed = BitPacking.BytesOf(count, width);
        if (needed > from.Length - position) throw new EncodingException($"{needed} bytes of packed values", $"{from.Length - position}");
        var taken = from.Slice(position, (int)needed);
        position = (int)Math.Min(from.Length, position + ((count + 7L) >> 3) * width);
        return taken;
    }

    static int ReadValue(ReadOnlySpan<byte> from, ref int position, int width)
    {
        var bytes = ValueBytes(width);
        if (bytes > from.Length - position) throw new EncodingException($"a run's value of {bytes} bytes", $"{from.Length - position}");
        Span<byte> value = stackalloc byte[4];
        value.Clear();
        from.Slice(position, bytes).CopyTo(value);
        position += bytes;
        var read = BinaryPrimitives.ReadUInt32LittleEndian(value);
        if (width < 32 && read >> width != 0) throw new EncodingException($"a value of {width} bits", $"{read}");
        return (int)read;
    }
}
