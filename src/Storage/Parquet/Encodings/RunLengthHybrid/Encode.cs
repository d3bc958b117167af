using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet.Encodings;

static partial class RunLengthHybrid
{
    /// <summary>Bytes of equal bits from which on <see cref="EncodeBits"/> starts a run of one value.</summary>
    const int ShortestBitRunBytes = 4;

    /// <summary>Appends the values.</summary>
    /// <param name="values">Each at least 0 and below 2 to the power of <paramref name="width"/>.</param>
    public static void Encode(ReadOnlySpan<int> values, int width, ByteBuffer into)
    {
        var shortest = ShortestRun(width);
        var packedFrom = 0;
        for (var i = 0; i < values.Length;)
        {
            var value = values[i];
            var end = i + 1;
            while (end < values.Length && values[end] == value) end++;
            // A packed run ends at a multiple of 8 values: the first of the equal ones fill it up.
            var filler = -(i - packedFrom) & 7;
            if (end - i - filler >= shortest)
            {
                WritePacked(values[packedFrom..(i + filler)], width, into);
                WriteRun(value, end - i - filler, width, into);
                packedFrom = end;
            }
            i = end;
        }
        WritePacked(values[packedFrom..], width, into);
    }

    /// <summary>Appends values of width 1 that stand as bits already.</summary>
    /// <param name="bits">Value i is bit i % 64 of word i / 64; bits past <paramref name="count"/> are 0.</param>
    public static void EncodeBits(ReadOnlySpan<ulong> bits, int count, ByteBuffer into)
    {
        var bytes = MemoryMarshal.AsBytes(bits)[..((count + 7) >> 3)];
        var packedFrom = 0;
        for (var i = 0; i < bytes.Length;)
        {
            var value = bytes[i];
            if (value is not (0 or 0xFF))
            {
                i++;
                continue;
            }
            var run = bytes[i..].IndexOfAnyExcept(value);
            if (run < 0) run = bytes.Length - i;
            if (run >= ShortestBitRunBytes)
            {
                WritePackedBits(bytes[packedFrom..i], into);
                WriteRun(value & 1, Math.Min(run * 8, count - (i * 8)), 1, into);
                packedFrom = i + run;
            }
            i += run;
        }
        WritePackedBits(bytes[packedFrom..], into);
    }

    /// <summary>Appends one run of <paramref name="count"/> equal values.</summary>
    public static void WriteRun(int value, int count, int width, ByteBuffer into)
    {
        if (count == 0) return;
        WriteVarint((uint)count << 1, into);
        for (var left = ValueBytes(width); left > 0; left--)
        {
            into.Append((byte)value);
            value >>= 8;
        }
    }

    static void WritePacked(ReadOnlySpan<int> values, int width, ByteBuffer into)
    {
        if (values.IsEmpty) return;
        var groups = (values.Length + 7) >> 3;
        WriteVarint(((uint)groups << 1) | 1, into);
        var bytes = groups * width;
        var room = into.Reserve(bytes)[..bytes];
        room[BitPacking.Encode(values, width, room)..].Clear();
        into.Advance(bytes);
    }

    static void WritePackedBits(ReadOnlySpan<byte> groups, ByteBuffer into)
    {
        if (groups.IsEmpty) return;
        WriteVarint(((uint)groups.Length << 1) | 1, into);
        into.Append(groups);
    }

    static void WriteVarint(uint value, ByteBuffer into)
    {
        for (; value >= 0x80; value >>= 7) into.Append((byte)(value | 0x80));
        into.Append((byte)value);
    }
}
