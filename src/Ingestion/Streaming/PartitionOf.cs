using System.IO.Hashing;
using Cairn.Model;

namespace Cairn.Ingestion.Streaming;

/// <summary>Which partition an item goes to: by its device, else by its id, so that what belongs together is usually read together.</summary>
/// <remarks>
/// XXH3 (64 bits, seed 0) of the UTF-8 id, modulo the number of partitions. Nothing depends on it for correctness: an
/// item goes to any other partition while its own is down.
/// </remarks>
static class PartitionOf
{
    static ReadOnlySpan<byte> DevicePrefix => "$device:"u8;

    public static ulong Hash(in Item item)
    {
        if (!item.DeviceId.IsEmpty) return Hash(item.DeviceId.Span);
        // Claims of one device are read together, whichever users they name: their order tells whose the device was when.
        var id = item.OtherId.Span.StartsWith(DevicePrefix) ? item.OtherId.Span : item.DistinctId.Span;
        return Hash(id.StartsWith(DevicePrefix) ? id[DevicePrefix.Length..] : id);
    }

    public static ulong Hash(ReadOnlySpan<byte> utf8Id) => XxHash3.HashToUInt64(utf8Id);

    public static int Among(ulong hash, int partitionCount) => (int)(hash % (ulong)partitionCount);
}
