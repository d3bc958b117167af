using System.Buffers.Binary;

namespace Cairn.Ingestion.Streaming;

/// <summary>The bytes of one spool blob: messages that one send could not get to the stream.</summary>
/// <remarks>
/// Numbers are little-endian; every message carries its own checksum. docs/formats/spool.md.
/// <code>
/// offset  bytes
/// 0       1     0xCB
/// 1       1     version: 1
/// 2       2     0
/// 4       4     the partition they were for
/// 8       rest  messages: 4 bytes n, n bytes as MessageLayout says
/// </code>
/// </remarks>
static class SpoolFile
{
    const byte Magic = 0xCB;
    const byte Version = 1;
    const int HeadBytes = 8;

    public static byte[] Encode(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var bytes = new byte[HeadBytes + messages.Sum(message => 4 + message.Length)];
        bytes[0] = Magic;
        bytes[1] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), partition);
        var offset = HeadBytes;
        foreach (var message in messages)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), message.Length);
            message.Span.CopyTo(bytes.AsSpan(offset + 4));
            offset += 4 + message.Length;
        }
        return bytes;
    }

    /// <exception cref="MessageFormatException">These bytes are no spool blob.</exception>
    public static (int Partition, IReadOnlyList<ReadOnlyMemory<byte>> Messages) Decode(ReadOnlyMemory<byte> blob)
    {
        var bytes = blob.Span;
        if (bytes.Length < HeadBytes || bytes[0] != Magic || bytes[1] != Version || bytes[2] != 0 || bytes[3] != 0)
            throw new MessageFormatException($"spool blob of {bytes.Length} bytes has no head of version {Version}");
        var partition = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (partition < 0) throw new MessageFormatException($"spool partition: {partition} is out of range");
        var messages = new List<ReadOnlyMemory<byte>>();
        for (var offset = HeadBytes; offset < bytes.Length;)
        {
            var left = bytes.Length - offset - 4;
            var length = left < 0 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);
            if (length <= 0 || length > left) throw new MessageFormatException($"spool message length: {length} at offset {offset}, {left} bytes are left");
            messages.Add(blob.Slice(offset + 4, length));
            offset += 4 + length;
        }
        return (partition, messages);
    }
}
