using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet.Encodings;

static partial class Plain
{
    /// <summary>Reads exactly <paramref name="values"/>.Length numbers.</summary>
    public static void Decode<T>(ReadOnlySpan<byte> from, Span<T> values)
        where T : unmanaged
    {
        var needed = (long)values.Length * Unsafe.SizeOf<T>();
        if (from.Length < needed) throw new EncodingException($"{needed} bytes of plain values", $"{from.Length}");
        from[..(int)needed].CopyTo(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Reads bits.</summary>
    /// <param name="bits">Bits from <paramref name="firstBit"/> on are 0 and become the values.</param>
    public static void DecodeBits(ReadOnlySpan<byte> from, int count, Span<ulong> bits, int firstBit)
    {
        var needed = (count + 7L) >> 3;
        if (from.Length < needed) throw new EncodingException($"{needed} bytes of plain booleans", $"{from.Length}");
        Bits.Copy(from, count, bits, firstBit);
    }

    /// <summary>Finds texts where they stand.</summary>
    /// <param name="starts">Becomes where each text's bytes begin in <paramref name="from"/>; its length is the count of texts.</param>
    /// <param name="lengths">Becomes how long each is; as long as <paramref name="starts"/>.</param>
    public static void DecodeTexts(ReadOnlySpan<byte> from, Span<int> starts, Span<int> lengths)
    {
        var position = 0;
        for (var i = 0; i < starts.Length; i++)
        {
            if (from.Length - position < LengthBytes) throw new EncodingException($"the length of text {i} of {starts.Length}", "the end");
            var length = BinaryPrimitives.ReadInt32LittleEndian(from[position..]);
            position += LengthBytes;
            if ((uint)length > (uint)(from.Length - position)) throw new EncodingException($"a text of at most {from.Length - position} bytes", $"{length}");
            starts[i] = position;
            lengths[i] = length;
            position += length;
        }
    }
}
