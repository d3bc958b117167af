using System.Buffers.Binary;
using System.Globalization;

namespace Cairn.Shims.StreamLog;

/// <summary>The bytes of a segment file, version 1.</summary>
/// <remarks>
/// All numbers little-endian. The format page is docs/formats/stream-log.md.
/// <code>
/// header, 40 bytes                      record, 24 bytes and its body
///  0  8  "CRNLOG" 0x00 version (1)       0  4  body length
///  8 16  stream id, a GUID              4  4  CRC-32C of bytes 8 to the body's end
/// 24  8  seq of the first record         8  8  seq
/// 32  4  zero                          16  8  enqueued at, Unix milliseconds
/// 36  4  CRC-32C of bytes 0 to 35      24  n  body
/// </code>
/// Seqs rise by one from record to record. The length is under no checksum of its own: a wrong one leads the checksum astray.
/// </remarks>
static class SegmentLayout
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderBytes = 40;

    /// <summary>Bytes of a record beside its body.</summary>
    public const int RecordBytes = 24;

    /// <summary>Bytes of the longest body: what Event Hubs takes in one batch.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    static ReadOnlySpan<byte> Magic => "CRNLOG\0\u0001"u8;

    /// <summary>The file's name says the seq it begins with, so that names sort as seqs do.</summary>
    public static string FileName(long firstSeq) => firstSeq.ToString("D19", CultureInfo.InvariantCulture) + ".log";

    /// <summary>The other way; false for a foreign file.</summary>
    public static bool TryReadFileName(string path, out long firstSeq) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out firstSeq);

    public static byte[] Header(Guid streamId, long firstSeq)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        streamId.TryWriteBytes(header.AsSpan(8));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), firstSeq);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(36), Crc32C.Of(header.AsSpan(0, 36)));
        return header;
    }

    /// <summary>Whether a header is whole, of this stream and of this place in it.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header, Guid streamId, long firstSeq) =>
        header.Length == HeaderBytes && header.SequenceEqual(Header(streamId, firstSeq));

    /// <summary>Writes a record's first 24 bytes before its body, which is in place already.</summary>
    /// <param name="record">The whole record.</param>
    public static void Seal(Span<byte> record, long seq, long enqueuedAtMs)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - RecordBytes);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], seq);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], enqueuedAtMs);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Of(record[8..]));
    }

    /// <summary>Bytes of the record that begins here; null where no record can (a torn or foreign length).</summary>
    public static int? Length(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= RecordBytes && BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= 0 and <= MaxBodyBytes and var body ? RecordBytes + body : null;

    /// <summary>Whether a record is whole and the one that belongs here.</summary>
    public static bool IsRecord(ReadOnlySpan<byte> record, long seq) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == Crc32C.Of(record[8..]) && BinaryPrimitives.ReadInt64LittleEndian(record[8..]) == seq;

    public static long EnqueuedAtMs(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
}
