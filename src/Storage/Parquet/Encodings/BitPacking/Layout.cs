using System.Numerics;

namespace Cairn.Storage.Parquet.Encodings;

/// <summary>Unsigned integers of one width, packed without gaps.</summary>
/// <remarks>
/// <code>
/// value i   bits i * width … (i + 1) * width - 1, least significant bit first; bit b is bit b % 8 of byte b / 8
/// end       the last byte's unused high bits are 0
/// </code>
/// Source: apache/parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid", the bit-packed run's order.
/// </remarks>
static partial class BitPacking
{
    /// <summary>The width that holds every value from 0 to <paramref name="largest"/>; 0 for 0.</summary>
    public static int WidthOf(ulong largest) => 64 - BitOperations.LeadingZeroCount(largest);

    /// <summary>Bytes that <paramref name="count"/> values take.</summary>
    public static long BytesOf(long count, int width) => ((count * width) + 7) >> 3;
}
