using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet.Encodings;

static partial class BitPacking
{
    /// <summary>Unpacks values of at most 32 bits.</summary>
    /// <param name="from">At least <see cref="BytesOf"/> long.</param>
    /// <param name="width">0 to 32.</param>
    /// <param name="values">Filled whole.</param>
    public static void Decode(ReadOnlySpan<byte> from, int width, Span<int> values)
    {
        Debug.Assert(from.Length >= BytesOf(values.Length, width), "the caller checks that the bytes are there");
        if (width == 0)
        {
            values.Clear();
            return;
        }
        var mask = (1UL << width) - 1;
        // A value begins in the low 8 bits of an 8-byte load and has at most 32 bits, so one load always holds it whole.
        var whole = ValuesBeforeTail(from.Length, width, values.Length);
        ref var source = ref MemoryMarshal.GetReference(from);
        long bit = 0;
        for (var i = 0; i < whole; i++)
        {
            values[i] = (int)((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (nint)(bit >> 3))) >> (int)(bit & 7)) & mask);
            bit += width;
        }
        if (whole == values.Length) return;
        Span<byte> padded = stackalloc byte[16];
        var tail = PadTail(from, (int)(bit >> 3), padded);
        for (var i = whole; i < values.Length; i++)
        {
            values[i] = (int)((BinaryPrimitives.ReadUInt64LittleEndian(padded[(int)((bit >> 3) - tail)..]) >> (int)(bit & 7)) & mask);
            bit += width;
        }
    }

    /// <summary>Unpacks values of at most 64 bits; otherwise as the other overload.</summary>
    public static void Decode(ReadOnlySpan<byte> from, int width, Span<ulong> values)
    {
        Debug.Assert(from.Length >= BytesOf(values.Length, width), "the caller checks that the bytes are there");
        if (width == 0)
        {
            values.Clear();
            return;
        }
        var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        var whole = width > 57 ? 0 : ValuesBeforeTail(from.Length, width, values.Length);
        ref var source = ref MemoryMarshal.GetReference(from);
        long bit = 0;
        for (var i = 0; i < whole; i++)
        {
            values[i] = (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (nint)(bit >> 3))) >> (int)(bit & 7)) & mask;
            bit += width;
        }
        for (var i = whole; i < values.Length; i++)
        {
            values[i] = Slowly(from, bit, width) & mask;
            bit += width;
        }
    }

    /// <summary>How many values begin at least 8 bytes before the end.</summary>
    static int ValuesBeforeTail(int bytes, int width, int count) =>
        bytes < 8 ? 0 : (int)Math.Min(count, ((((long)bytes - 8) * 8) + 7) / width + 1);

    static int PadTail(ReadOnlySpan<byte> from, int start, Span<byte> padded)
    {
        padded.Clear();
        from[start..].CopyTo(padded);
        return start;
    }

    /// <summary>Byte by byte: for wide values, and for the last ones, where an 8-byte load would pass the end.</summary>
    static ulong Slowly(ReadOnlySpan<byte> from, long bit, int width)
    {
        ulong value = 0;
        for (var have = -(int)(bit & 7); have < width; have += 8)
        {
            ulong part = from[(int)(bit >> 3)];
            value |= have < 0 ? part >> -have : part << have;
            bit += 8;
        }
        return value;
    }
}
