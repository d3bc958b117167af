namespace Cairn.Storage.Parquet.Encodings;

/// <summary>Texts with their lengths apart (DELTA_LENGTH_BYTE_ARRAY), or also without what they share with their predecessor (DELTA_BYTE_ARRAY). We read them and do not write them.</summary>
/// <remarks>
/// <code>
/// with lengths apart     the lengths as DeltaBinaryPacked (Int32), then all bytes behind one another
/// with shared prefixes   the lengths of the shared prefixes as DeltaBinaryPacked, then the rest of each text with lengths apart
/// </code>
/// Source: apache/parquet-format, Encodings.md, "Delta-length byte array" and "Delta Strings".
/// </remarks>
static partial class DeltaByteArray;
