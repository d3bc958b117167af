namespace Cairn.Storage.Parquet.Encodings;

/// <summary>Values behind one another.</summary>
/// <remarks>
/// <code>
/// Boolean       one bit each, least significant first; the last byte's unused bits are 0
/// Int32, Int64, Float, Double   4 or 8 bytes, little-endian, IEEE 754
/// ByteArray     length in 4 bytes, little-endian, then the bytes
/// FixedBytes    the bytes
/// </code>
/// Source: apache/parquet-format, Encodings.md, "Plain (PLAIN = 0)". Numbers are copied as they stand in memory: we run on little-endian machines only.
/// </remarks>
static partial class Plain
{
    /// <summary>Bytes before each text.</summary>
    public const int LengthBytes = 4;
}
