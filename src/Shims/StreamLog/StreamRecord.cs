namespace Cairn.Shims.StreamLog;

/// <summary>One message as the log holds it.</summary>
/// <param name="Seq">Its place in its partition, from 0, without gaps.</param>
/// <param name="EnqueuedAt">When it was taken, to the millisecond.</param>
/// <param name="Body">As sent; owned by the record.</param>
public readonly record struct StreamRecord(long Seq, DateTimeOffset EnqueuedAt, ReadOnlyMemory<byte> Body);
