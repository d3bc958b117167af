namespace Cairn.Shims.StreamLog;

/// <summary>How a hub on this machine is made and kept.</summary>
public sealed record HubSettings
{
    /// <summary>
    /// Partitions of a hub that is made new; one that exists keeps its number. Each flushes for itself, so that fewer share a flush among more
    /// senders, and each is consumed by one thread at a time: two keep two cores busy.
    /// </summary>
    public int PartitionCount { get; init; } = 2;

    /// <summary>Bytes after which a partition begins a new file.</summary>
    public long SegmentBytes { get; init; } = 32L << 20;

    /// <summary>Bytes of one partition; past them files that every consumer group has passed go, and where none has, sends are refused.</summary>
    public long MaxPartitionBytes { get; init; } = 1L << 30;

    /// <summary>How long a message is kept that every consumer group has passed. Event Hubs' least is an hour.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bytes waiting for the disk in one partition before it says that it is busy.</summary>
    public int MaxPendingBytes { get; init; } = 64 << 20;

    /// <summary>The file operations.</summary>
    public FileLayer Files { get; init; } = FileLayer.Real;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
