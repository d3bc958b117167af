namespace Cairn.Storage.Parquet;

/// <summary>How a page's values or levels are laid out.</summary>
/// <remarks>The numbers are parquet.thrift's <c>Encoding</c>.</remarks>
public enum ParquetEncoding
{
    Plain = 0,

    /// <summary>Old name of <see cref="RleDictionary"/> in data pages and of <see cref="Plain"/> in dictionary pages.</summary>
    PlainDictionary = 2,
    Rle = 3,

    /// <summary>Levels of very old writers; not read.</summary>
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}
