namespace Cairn.Ingestion.Streaming;

/// <summary>Which partitions failed lately, so that not every request waits for the same failure.</summary>
sealed class PartitionHealth(int partitionCount, TimeProvider time)
{
    /// <summary>How long a partition is left alone after a failed send.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    readonly long[] failedAt = new long[partitionCount];

    public int PartitionCount => partitionCount;

    public bool IsResting(int partition)
    {
        var at = Volatile.Read(ref failedAt[partition]);
        return at != 0 && time.GetElapsedTime(at) < Rest;
    }

    public void Failed(int partition) => Volatile.Write(ref failedAt[partition], Math.Max(1, time.GetTimestamp()));

    public void Worked(int partition) => Volatile.Write(ref failedAt[partition], 0);
}
