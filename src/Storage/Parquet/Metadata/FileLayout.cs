namespace Cairn.Storage.Parquet.Metadata;

/// <summary>The outermost bytes of a file, and the checksums that we add to it.</summary>
/// <remarks>
/// <code>
/// 4 bytes    "PAR1"
/// …          row groups: column chunks: pages, each a Thrift header and its bytes
/// n bytes    footer: Thrift FileMetaData
/// 4 bytes    n, little-endian
/// 4 bytes    "PAR1"
/// </code>
/// In our files the footer's key-value pairs hold, beside the caller's: <see cref="ChunkChecksumsKey"/>, base64 of one CRC-32 (4 bytes,
/// little-endian) per column chunk, row group by row group, over all the chunk's bytes with page headers; and <see cref="FooterChecksumKey"/>,
/// the CRC-32 of the footer as 8 lower-case hex digits, computed with those digits as zeros. So every byte that decides what is read is covered,
/// which Parquet's own page checksums (written too, over each page's bytes without header) leave open.
/// Source: apache/parquet-format, README.md, "File format" and "Checksumming".
/// </remarks>
static class FileLayout
{
    public const int MagicBytes = 4, TailBytes = 8;

    public const string ChunkChecksumsKey = "cairn.chunk_crc32", FooterChecksumKey = "cairn.footer_crc32";

    /// <summary>What we name ourselves; a file whose writer's name begins so must carry our checksums.</summary>
    public const string CreatedBy = "cairn version 1";

    public const string CreatedByUs = "cairn ";

    /// <summary>Longest footer that is read: 500 row groups of 2,000 columns fit.</summary>
    public const int MaxFooterBytes = 256 << 20;

    /// <summary>Most rows of a row group that is read; more than any writer's default by far.</summary>
    public const int MaxRowsPerRowGroup = 1 << 26;

    /// <summary>Largest page, uncompressed.</summary>
    public const int MaxPageBytes = 1 << 30;

    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    public static ReadOnlySpan<byte> FooterChecksumPlaceholder => "00000000"u8;
}
