namespace Cairn.Ingestion.Consumer;

/// <summary>One message as a partition's trigger hands it over.</summary>
/// <param name="Seq">Its sequence number in the partition, ascending.</param>
/// <param name="Body">The bytes that were sent.</param>
/// <param name="EnqueuedAt">When the stream took it.</param>
public readonly record struct StreamMessage(long Seq, ReadOnlyMemory<byte> Body, DateTimeOffset EnqueuedAt);
