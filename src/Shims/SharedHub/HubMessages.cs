using System.Buffers.Binary;
using Cairn.Shims.StreamLog;

namespace Cairn.Shims.SharedHub;

/// <summary>The bodies that a shared hub and its clients exchange.</summary>
/// <remarks>
/// Sent: each message as its length (4 bytes) and its bytes. Read: each as seq (8), when it was enqueued (Unix milliseconds, 8), length (4) and its bytes. Little-endian.
/// </remarks>
public static class HubMessages
{
    const int SentHeaderBytes = 4, ReadHeaderBytes = 20;

    public static byte[] OfSent(IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        var bytes = new byte[bodies.Sum(body => SentHeaderBytes + body.Length)];
        var at = 0;
        foreach (var body in bodies)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), body.Length);
            body.CopyTo(bytes.AsMemory(at + SentHeaderBytes));
            at += SentHeaderBytes + body.Length;
        }
        return bytes;
    }

    public static List<ReadOnlyMemory<byte>> Sent(ReadOnlyMemory<byte> bytes)
    {
        var bodies = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[at..]);
            bodies.Add(bytes.Slice(at + SentHeaderBytes, length));
            at += SentHeaderBytes + length;
        }
        return bodies;
    }

    public static byte[] OfRead(IReadOnlyList<StreamRecord> records)
    {
        var bytes = new byte[records.Sum(record => ReadHeaderBytes + record.Body.Length)];
        var at = 0;
        foreach (var record in records)
        {
            var header = bytes.AsSpan(at);
            BinaryPrimitives.WriteInt64LittleEndian(header, record.Seq);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], record.EnqueuedAt.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteInt32LittleEndian(header[16..], record.Body.Length);
            record.Body.CopyTo(bytes.AsMemory(at + ReadHeaderBytes));
            at += ReadHeaderBytes + record.Body.Length;
        }
        return bytes;
    }

    public static List<StreamRecord> Read(ReadOnlyMemory<byte> bytes)
    {
        var records = new List<StreamRecord>();
        for (var at = 0; at < bytes.Length;)
        {
            var header = bytes.Span[at..];
            var length = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
            records.Add(new(
                BinaryPrimitives.ReadInt64LittleEndian(header),
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(header[8..])),
                bytes.Slice(at + ReadHeaderBytes, length)));
            at += ReadHeaderBytes + length;
        }
        return records;
    }
}
