using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Shims.StreamLog;

/// <summary>Up to where one consumer group has taken one partition, in a file of two slots that are written in turn.</summary>
/// <remarks>
/// Slot n lies at 64·n: bytes 0-7 how often it was written, 8-15 seq of the next record, 16-19 CRC-32C of those. A torn slot
/// leaves the other, one batch older: that batch then comes again, as Event Hubs may deliver it again too. So nothing is flushed.
/// </remarks>
sealed class CheckpointFile : IDisposable
{
    const int SlotBytes = 64;
    const int UsedBytes = 20;

    readonly FileLayer files;
    readonly SafeFileHandle file;
    long writes;

    public CheckpointFile(string path, FileLayer files)
    {
        this.files = files;
        file = files.Open(path, FileMode.OpenOrCreate);
        Span<byte> slots = stackalloc byte[2 * SlotBytes];
        slots.Clear();
        files.Read(file, slots, 0);
        Read(slots[..UsedBytes]);
        Read(slots.Slice(SlotBytes, UsedBytes));
    }

    /// <summary>The first seq that the group has not taken; 0 where it has taken none.</summary>
    public long NextSeq { get; private set; }

    public void Write(long nextSeq)
    {
        Span<byte> slot = stackalloc byte[UsedBytes];
        BinaryPrimitives.WriteInt64LittleEndian(slot, ++writes);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], nextSeq);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[16..], Crc32C.Of(slot[..16]));
        files.Write(file, slot, writes % 2 * SlotBytes);
        NextSeq = nextSeq;
    }

    public void Dispose() => file.Dispose();

    void Read(ReadOnlySpan<byte> slot)
    {
        var written = BinaryPrimitives.ReadInt64LittleEndian(slot);
        if (written <= writes || BinaryPrimitives.ReadUInt32LittleEndian(slot[16..]) != Crc32C.Of(slot[..16])) return;
        writes = written;
        NextSeq = BinaryPrimitives.ReadInt64LittleEndian(slot[8..]);
    }
}
