namespace Cairn.Storage.Parquet;

/// <summary>How a column chunk's pages are compressed.</summary>
/// <remarks>The numbers are parquet.thrift's <c>CompressionCodec</c>. We write the first two and read three; others are named in the exception.</remarks>
public enum ParquetCodec
{
    Uncompressed = 0,
    Snappy = 1,

    /// <summary>Read only.</summary>
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,
    Lz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}
