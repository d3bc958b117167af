namespace Cairn.Storage.Parquet;

/// <summary>How a column's values are stored.</summary>
/// <remarks>The numbers are parquet.thrift's <c>Type</c>.</remarks>
public enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,

    /// <summary>A timestamp of old writers; not read.</summary>
    Int96 = 3,

    /// <summary>Read as doubles; not written.</summary>
    Float = 4,
    Double = 5,

    /// <summary>Texts and other byte strings.</summary>
    ByteArray = 6,

    /// <summary>Byte strings of one length; read as <see cref="ByteArray"/>, not written.</summary>
    FixedBytes = 7,
}
