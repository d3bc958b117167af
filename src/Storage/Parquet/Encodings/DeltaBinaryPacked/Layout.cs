namespace Cairn.Storage.Parquet.Encodings;

/// <summary>Whole numbers as differences from their predecessors, packed block by block to the width that the block needs.</summary>
/// <remarks>
/// <code>
/// header      varint values per block, varint miniblocks per block, varint count of all values, zigzag varint first value
/// block       zigzag varint smallest difference; one byte of width per miniblock; the miniblocks that hold values
/// miniblock   (difference - smallest) of each value, as BitPacking lays them out; the last one is padded with zeros
/// </code>
/// Differences wrap around: in 64 bits for Int64, in 32 bits for Int32, whose widths therefore never pass 32.
/// Source: apache/parquet-format, Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
/// </remarks>
static partial class DeltaBinaryPacked
{
    /// <summary>Values per block and per miniblock, as we write them; the format's own example and every writer's default.</summary>
    public const int BlockValues = 128, MiniblockValues = 32;

    const int MiniblocksPerBlock = BlockValues / MiniblockValues;

    /// <summary>Values per block that we read: far above what any writer uses, low enough for a block to be small.</summary>
    const int MaxBlockValues = 1 << 20;
}
