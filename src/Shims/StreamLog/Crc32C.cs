using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Shims.StreamLog;

/// <summary>CRC-32C (Castagnoli), as iSCSI and ext4 use it: the processor computes it.</summary>
static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}
