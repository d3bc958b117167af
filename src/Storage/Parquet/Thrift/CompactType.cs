namespace Cairn.Storage.Parquet.Thrift;

/// <summary>How a value is laid out in Thrift's compact protocol.</summary>
/// <remarks>Source: apache/thrift, doc/specs/thrift-compact-protocol.md, "Struct encoding".</remarks>
enum CompactType : byte
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
}
