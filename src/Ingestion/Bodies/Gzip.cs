using System.IO.Compression;

namespace Cairn.Ingestion.Bodies;

/// <summary>Inflates gzip (RFC 1952) to a limit.</summary>
static class Gzip
{
    /// <summary>Bytes of the smallest gzip file: header, an empty block, checksum and length.</summary>
    const int MinBytes = 20;

    /// <summary>Whether the bytes begin as gzip does; no text and no JSON begins so.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;

    /// <summary>Bytes that a file may inflate to at most: deflate makes 258 bytes of two bits.</summary>
    public static long MaxInflatedBytes(int gzipBytes) => gzipBytes * 1032L;

    /// <summary>Inflates into memory of <see cref="BodyBuffers"/>, which the caller returns.</summary>
    /// <param name="inflated">Null where it failed.</param>
    /// <returns>None, <see cref="RejectReason.MalformedGzip"/> or <see cref="RejectReason.InflatedTooLarge"/>.</returns>
    public static RejectReason Inflate(ReadOnlyMemory<byte> gzip, int maxBytes, out byte[]? inflated, out int byteCount)
    {
        inflated = null;
        byteCount = 0;
        if (gzip.Length < MinBytes) return RejectReason.MalformedGzip;
        // The last four bytes hold the length modulo 2^32: the right size at once for an honest file. Not believed beyond the limit.
        var claimed = BitConverter.ToUInt32(gzip.Span[^4..]);
        var buffer = BodyBuffers.Rent((int)Math.Min(claimed + 1L, Math.Min(maxBytes, gzip.Length * 8L)));
        try
        {
            using var stream = new GZipStream(AsStream(gzip), CompressionMode.Decompress);
            while (true)
            {
                if (byteCount == buffer.Length) buffer = BodyBuffers.Grow(buffer, NextLength(byteCount, claimed, maxBytes));
                var read = stream.Read(buffer, byteCount, buffer.Length - byteCount);
                if (read == 0) break;
                byteCount += read;
                if (byteCount > maxBytes) return RejectReason.InflatedTooLarge;
            }
            // .NET ends quietly where the data does; the length at the end tells a file that was cut.
            if (claimed != (uint)byteCount && !HasSeveralMembers(gzip.Span)) return RejectReason.MalformedGzip;
            inflated = buffer;
            return RejectReason.None;
        }
        catch (InvalidDataException)
        {
            return RejectReason.MalformedGzip;
        }
        finally
        {
            if (inflated is null) BodyBuffers.Return(buffer);
        }
    }

    /// <summary>What an honest file says; else twice as much, and past a megabyte at once all that is allowed, for each step leaves its memory behind.</summary>
    static int NextLength(int length, uint claimed, int maxBytes) =>
        claimed >= length && claimed < maxBytes ? (int)claimed + 1
        : length <= 512 * 1024 ? Math.Min(length * 2, maxBytes + 1)
        : maxBytes + 1;

    static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 0x08];

    /// <summary>Whether another header stands inside: files put one behind another, whose lengths add up.</summary>
    static bool HasSeveralMembers(ReadOnlySpan<byte> gzip) => gzip[2..].IndexOf(Header) >= 0;

    static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var array)
            ? new(array.Array!, array.Offset, array.Count, writable: false)
            : new(bytes.ToArray(), writable: false);
}
