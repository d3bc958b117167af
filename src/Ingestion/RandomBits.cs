using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cairn.Ingestion;

/// <summary>Unguessable bits for item ids, asked of the operating system for many requests at once: a call costs more than a small request's parsing.</summary>
static class RandomBits
{
    /// <summary>Bytes of one request: 96 bits, so that ids of all requests ever differ.</summary>
    const int RequestBytes = 12;

    /// <summary>Requests served by one call.</summary>
    const int Requests = 256;

    [ThreadStatic]
    static byte[]? bytes;

    [ThreadStatic]
    static int used;

    /// <summary>Bits that no other caller gets.</summary>
    public static (ulong High, uint Low) Next()
    {
        bytes ??= new byte[Requests * RequestBytes];
        if (used == 0) RandomNumberGenerator.Fill(bytes);
        var mine = bytes.AsSpan(used, RequestBytes);
        used = (used + RequestBytes) % bytes.Length;
        return (BinaryPrimitives.ReadUInt64LittleEndian(mine), BinaryPrimitives.ReadUInt32LittleEndian(mine[8..]));
    }
}
