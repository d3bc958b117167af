using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Lake;

/// <summary>Which duplicate keys a data file may hold: exact about what it denies, wrong about what it affirms once in 65,536 questions.</summary>
/// <remarks>
/// Some 18 bits a row. Many keys are shared out to parts by their hash, each a <see cref="FuseFilter"/> of its own: making one takes 45 bytes a key, so a part is what is
/// in memory at a time. A file of one part is written as version 1.
/// <code>
/// bytes   version 1                                           bytes   version 2
/// 4       "CKF1"                                              4       "CKF2"
/// 4       number of keys, little-endian, as all that follows  4       number of keys, little-endian, as all that follows
/// 8       seed                                                4       number of parts, a power of two
/// 4       slots of a segment, a power of two                  of each part:
/// 4       slots of all segments but the last two              4         number of its keys
///                                                             8, 4, 4   seed and slots, as in version 1
///                                                             4         number of its fingerprints
/// 2 each  fingerprints                                        2 each  fingerprints, part by part
/// 4       CRC-32 of all before it                             4       CRC-32 of all before it
/// </code>
/// </remarks>
public sealed class KeyFilter
{
    /// <summary>Keys of a part, about.</summary>
    public const int PartKeys = 1 << 18;

    const int HeaderBytes = 24, PartsHeaderBytes = 12, PartBytes = 24, ChecksumBytes = 4;

    /// <summary>Says a key's part; never changes, for it is part of the format.</summary>
    const ulong PartSeed = 0x6A09_E667_F3BC_C908;

    readonly FuseFilter[] parts;

    KeyFilter(FuseFilter[] parts) => this.parts = parts;

    static ReadOnlySpan<byte> Magic => "CKF1"u8;

    static ReadOnlySpan<byte> PartsMagic => "CKF2"u8;

    /// <summary>Bytes of memory it holds.</summary>
    public long MemoryBytes => parts.Sum(part => (2L * part.Fingerprints.Length) + 64);

    /// <summary>A filter of these keys.</summary>
    /// <param name="keys">High halves of rows' keys, in any order, repeated or not.</param>
    public static KeyFilter Of(ReadOnlySpan<long> keys)
    {
        var list = new KeyList();
        foreach (var key in keys) list.Add(key);
        return Of(list);
    }

    /// <summary>A filter of these keys, made part by part.</summary>
    public static KeyFilter Of(KeyList keys)
    {
        var count = keys.Count <= PartKeys ? 1 : (int)BitOperations.RoundUpToPowerOf2((uint)((keys.Count + PartKeys - 1) / PartKeys));
        var parts = new FuseFilter[count];
        var own = new long[count == 1 ? keys.Count : (int)(keys.Count / (double)count * 1.05) + 1024];
        for (var part = 0; part < count; part++)
        {
            var length = 0;
            foreach (var chunk in keys.Chunks)
                foreach (var key in chunk.Span)
                {
                    if (PartOf(key, count) != part) continue;
                    if (length == own.Length) Array.Resize(ref own, own.Length * 2);
                    own[length++] = key;
                }
            parts[part] = FuseFilter.Of(own.AsSpan(0, length));
        }
        return new(parts);
    }

    /// <summary>Whether a key may be one of the file's.</summary>
    public bool MayHold(long key) => parts[PartOf(key, parts.Length)].MayHold(key);

    public byte[] ToBytes()
    {
        var isParted = parts.Length > 1;
        var fingerprints = parts.Sum(part => part.Fingerprints.Length);
        var start = isParted ? PartsHeaderBytes + (PartBytes * parts.Length) : HeaderBytes;
        var bytes = new byte[start + (2 * fingerprints) + ChecksumBytes];
        (isParted ? PartsMagic : Magic).CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), parts.Sum(part => part.KeyCount));
        if (isParted) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), parts.Length);
        var at = start;
        for (var i = 0; i < parts.Length; i++)
        {
            if (isParted) WritePart(parts[i], bytes.AsSpan(PartsHeaderBytes + (PartBytes * i)));
            else WriteSizes(parts[i], bytes.AsSpan(8));
            foreach (var fingerprint in parts[i].Fingerprints)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), fingerprint);
                at += 2;
            }
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Crc32.HashToUInt32(bytes.AsSpan(0, at)));
        return bytes;
    }

    /// <exception cref="RemakableFileException">The bytes are torn or altered.</exception>
    public static KeyFilter Read(string name, ReadOnlySpan<byte> bytes)
    {
        var isParted = bytes.StartsWith(PartsMagic);
        if (bytes.Length < (isParted ? PartsHeaderBytes : HeaderBytes) + ChecksumBytes || !(isParted || bytes.StartsWith(Magic))) throw new RemakableFileException(name, "is no file of keys");
        var body = bytes[..^ChecksumBytes];
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]);
        if (Crc32.HashToUInt32(body) != checksum) throw new RemakableFileException(name, $"is torn or altered: its checksum is {Crc32.HashToUInt32(body):x8}, not {checksum:x8}");
        return new(isParted ? ReadParts(name, body) : [ReadPart(name, BinaryPrimitives.ReadInt32LittleEndian(body[4..]), body[8..], body[HeaderBytes..])]);
    }

    static FuseFilter[] ReadParts(string name, ReadOnlySpan<byte> body)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(body[8..]);
        if (count < 1 || !BitOperations.IsPow2(count) || PartsHeaderBytes + ((long)PartBytes * count) > body.Length) throw new RemakableFileException(name, $"is altered: {count} parts");
        var parts = new FuseFilter[count];
        var at = PartsHeaderBytes + (PartBytes * count);
        for (var i = 0; i < count; i++)
        {
            var header = body.Slice(PartsHeaderBytes + (PartBytes * i), PartBytes);
            var length = 2L * BinaryPrimitives.ReadInt32LittleEndian(header[20..]);
            if (length < 0 || at + length > body.Length) throw new RemakableFileException(name, $"is altered: part {i} has {length} bytes at {at}, the file ends at {body.Length}");
            parts[i] = ReadPart(name, BinaryPrimitives.ReadInt32LittleEndian(header), header[4..], body.Slice(at, (int)length));
            at += (int)length;
        }
        return parts;
    }

    static FuseFilter ReadPart(string name, int keyCount, ReadOnlySpan<byte> sizes, ReadOnlySpan<byte> stored)
    {
        var fingerprints = MemoryMarshal.Cast<byte, ushort>(stored).ToArray();
        if (!BitConverter.IsLittleEndian)
            foreach (ref var fingerprint in fingerprints.AsSpan()) fingerprint = BinaryPrimitives.ReverseEndianness(fingerprint);
        var (segment, start) = (BinaryPrimitives.ReadInt32LittleEndian(sizes[8..]), BinaryPrimitives.ReadInt32LittleEndian(sizes[12..]));
        return FuseFilter.Restore(keyCount, BinaryPrimitives.ReadUInt64LittleEndian(sizes), segment, start, fingerprints)
            ?? throw new RemakableFileException(name, $"is altered: {fingerprints.Length} fingerprints don't make segments of {segment} and {start}");
    }

    static void WritePart(FuseFilter part, Span<byte> into)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into, part.KeyCount);
        WriteSizes(part, into[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(into[20..], part.Fingerprints.Length);
    }

    static void WriteSizes(FuseFilter part, Span<byte> into)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, part.Seed);
        BinaryPrimitives.WriteInt32LittleEndian(into[8..], part.SegmentSlots);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], part.StartSlots);
    }

    static int PartOf(long key, int parts) => (int)(FuseFilter.Mix((ulong)key, PartSeed) & (ulong)(parts - 1));
}
