using System.Buffers.Binary;

namespace Cairn.Ingestion.Streaming;

/// <summary>Reads a content's numbers and texts; never past its end.</summary>
ref struct ContentReader(ReadOnlyMemory<byte> content)
{
    readonly ReadOnlyMemory<byte> content = content;
    readonly ReadOnlySpan<byte> bytes = content.Span;
    int offset;

    public readonly bool IsAtEnd => offset == bytes.Length;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => bytes.Length - offset;

    public byte Byte()
    {
        if (offset == bytes.Length) throw Ends();
        return bytes[offset++];
    }

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new MessageFormatException($"varint: longer than 10 bytes at offset {offset} of the content");
    }

    public long Zigzag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A text of at least one byte.</summary>
    public ReadOnlyMemory<byte> Text()
    {
        var length = Varint();
        if (length == 0 || length > (ulong)Left)
            throw new MessageFormatException($"text length: {length} at offset {offset} of the content, {Left} bytes are left");
        var text = content.Slice(offset, (int)length);
        offset += (int)length;
        return text;
    }

    ReadOnlySpan<byte> Take(int length)
    {
        if (Left < length) throw Ends();
        var taken = bytes.Slice(offset, length);
        offset += length;
        return taken;
    }

    readonly MessageFormatException Ends() => new($"content ends at {bytes.Length}, in the middle of a field");
}
