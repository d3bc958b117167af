namespace Cairn.Storage.Parquet;

/// <summary>What a column's values mean to whoever reads the file.</summary>
/// <remarks>Written both as parquet.thrift's <c>LogicalType</c> and as the older <c>ConvertedType</c> where there is one.</remarks>
public enum LogicalType
{
    /// <summary>Just its physical type.</summary>
    None,

    /// <summary>UTF-8 text in a <see cref="PhysicalType.ByteArray"/>.</summary>
    Text,

    /// <summary>UTF-8 JSON in a <see cref="PhysicalType.ByteArray"/>.</summary>
    Json,

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z in an <see cref="PhysicalType.Int64"/>.</summary>
    TimestampMs,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z in an <see cref="PhysicalType.Int64"/>.</summary>
    TimestampUs,

    /// <summary>Days since 1970-01-01 in an <see cref="PhysicalType.Int32"/>.</summary>
    Date,

    /// <summary>Something that we do not write (a decimal, an unsigned integer, a local time, …); values are read as stored.</summary>
    Other,
}
