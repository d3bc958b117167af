namespace Cairn.Storage.Parquet.Encodings;

/// <summary>Small integers as runs of one value and runs of bit-packed ones: levels, dictionary codes, booleans.</summary>
/// <remarks>
/// <code>
/// run of one value   varint (count &lt;&lt; 1), then the value in ceil(width / 8) bytes, little-endian
/// packed run         varint (groups &lt;&lt; 1 | 1), then groups * width bytes: groups * 8 values as BitPacking lays them out;
///                    the last run's surplus values are padding
/// </code>
/// Width and count of values are kept elsewhere. Source: apache/parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
/// </remarks>
static partial class RunLengthHybrid
{
    /// <summary>Widest value.</summary>
    public const int MaxWidth = 32;

    static int ValueBytes(int width) => (width + 7) >> 3;
}
