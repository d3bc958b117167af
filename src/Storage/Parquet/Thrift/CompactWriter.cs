using System.Text;

namespace Cairn.Storage.Parquet.Thrift;

/// <summary>Writes Thrift's compact protocol: fields in ascending order, structs nested by <see cref="BeginStruct(int)"/> and <see cref="EndStruct"/>.</summary>
/// <remarks>
/// Source: apache/thrift, doc/specs/thrift-compact-protocol.md.
/// <code>
/// field    1 byte: id delta (1..15) &lt;&lt; 4 | type; delta 0: zigzag varint id follows
/// integer  zigzag varint; a boolean field is its type; binary is varint length, bytes
/// list     1 byte: count (0..14) &lt;&lt; 4 | element type; 15: varint count follows
/// struct   fields, then a zero byte
/// </code>
/// </remarks>
ref struct CompactWriter(ByteBuffer into)
{
    /// <summary>Structs deeper than Parquet's metadata ever nests.</summary>
    const int MaxDepth = 8;

    readonly int[] outerFieldIds = new int[MaxDepth];
    int depth;
    int lastFieldId;

    public void Field(int id, bool value) => Header(id, value ? CompactType.True : CompactType.False);

    public void Field(int id, int value)
    {
        Header(id, CompactType.I32);
        Varint(ZigZag(value));
    }

    public void Field(int id, long value)
    {
        Header(id, CompactType.I64);
        Varint(ZigZag(value));
    }

    /// <summary>One signed byte.</summary>
    public void FieldByte(int id, sbyte value)
    {
        Header(id, CompactType.Byte);
        into.Append((byte)value);
    }

    public void Field(int id, scoped ReadOnlySpan<byte> value)
    {
        Header(id, CompactType.Binary);
        Element(value);
    }

    public void Field(int id, string value)
    {
        Header(id, CompactType.Binary);
        Element(value);
    }

    /// <summary>A struct as a field.</summary>
    public void BeginStruct(int id)
    {
        Header(id, CompactType.Struct);
        BeginStruct();
    }

    /// <summary>A struct as a list's element, or the outermost one.</summary>
    public void BeginStruct()
    {
        outerFieldIds[depth++] = lastFieldId;
        lastFieldId = 0;
    }

    public void EndStruct()
    {
        into.Append((byte)CompactType.Stop);
        lastFieldId = outerFieldIds[--depth];
    }

    /// <summary>A list's header; exactly <paramref name="count"/> elements follow.</summary>
    public void BeginList(int id, CompactType element, int count)
    {
        Header(id, CompactType.List);
        if (count < 15)
        {
            into.Append((byte)((count << 4) | (int)element));
        }
        else
        {
            into.Append((byte)(0xF0 | (int)element));
            Varint((ulong)count);
        }
    }

    public void Element(int value) => Varint(ZigZag(value));

    public void Element(scoped ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        into.Append(value);
    }

    public void Element(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)bytes);
        into.Advance(Encoding.UTF8.GetBytes(value, into.Reserve(bytes)));
    }

    void Header(int id, CompactType type)
    {
        var delta = id - lastFieldId;
        if (delta is > 0 and <= 15)
        {
            into.Append((byte)((delta << 4) | (int)type));
        }
        else
        {
            into.Append((byte)type);
            Varint(ZigZag(id));
        }
        lastFieldId = id;
    }

    void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            into.Append((byte)(value | 0x80));
            value >>= 7;
        }
        into.Append((byte)value);
    }

    static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
