namespace Cairn.Storage.Parquet.Encodings;

/// <summary>Numbers with their first bytes together, then their second bytes, and so on. We read it (DuckDB writes doubles so) and do not write it.</summary>
/// <remarks>
/// Byte j of value i stands at <c>j * count + i</c>. Source: apache/parquet-format, Encodings.md, "Byte Stream Split (BYTE_STREAM_SPLIT = 9)".
/// </remarks>
static partial class ByteStreamSplit;
