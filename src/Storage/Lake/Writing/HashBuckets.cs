namespace Cairn.Storage.Lake.Writing;

/// <summary>Rows of one partition whose subjects' hashes begin alike: what is counted, and given to ranges, together.</summary>
/// <remarks>A number: the partition, then the hash's first bits; so buckets ascend as rows do in files.</remarks>
static class HashBuckets
{
    /// <summary>Bits of a hash that say the bucket.</summary>
    public const int Bits = 12;

    public const int CountOfPartition = 1 << Bits;

    public static long Of(int partition, ulong hash) => ((long)partition << Bits) + (long)(hash >> (64 - Bits));

    public static int PartitionOf(long bucket) => (int)(bucket >> Bits);

    /// <summary>Its place in its partition.</summary>
    public static int PlaceOf(long bucket) => (int)(bucket & (CountOfPartition - 1));
}
