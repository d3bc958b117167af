using System.Buffers.Binary;

namespace Cairn.Storage.Parquet.Encodings;

static partial class BitPacking
{
    /// <summary>Packs values of at most 32 bits.</summary>
    /// <param name="values">Each below 2 to the power of <paramref name="width"/>, read as unsigned.</param>
    /// <param name="width">0 to 32.</param>
    /// <param name="into">At least <see cref="BytesOf"/> long.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(ReadOnlySpan<int> values, int width, Span<byte> into)
    {
        ulong pending = 0;
        var bits = 0;
        var written = 0;
        foreach (var value in values)
        {
            pending |= (ulong)(uint)value << bits;
            bits += width;
            if (bits < 32) continue;
            BinaryPrimitives.WriteUInt32LittleEndian(into[written..], (uint)pending);
            written += 4;
            pending >>= 32;
            bits -= 32;
        }
        return WriteRest(pending, bits, into, written);
    }

    /// <summary>Packs values of at most 64 bits; otherwise as the other overload.</summary>
    public static int Encode(ReadOnlySpan<ulong> values, int width, Span<byte> into)
    {
        if (width == 0) return 0;
        ulong pending = 0;
        var bits = 0;
        var written = 0;
        foreach (var value in values)
        {
            pending |= value << bits;
            bits += width;
            if (bits < 64) continue;
            BinaryPrimitives.WriteUInt64LittleEndian(into[written..], pending);
            written += 8;
            bits -= 64;
            pending = bits == 0 ? 0 : value >> (width - bits);
        }
        return WriteRest(pending, bits, into, written);
    }

    static int WriteRest(ulong pending, int bits, Span<byte> into, int written)
    {
        for (; bits > 0; bits -= 8)
        {
            into[written++] = (byte)pending;
            pending >>= 8;
        }
        return written;
    }
}
