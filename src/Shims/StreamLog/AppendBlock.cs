namespace Cairn.Shims.StreamLog;

/// <summary>What many senders wait for together: records that one write and one flush make durable.</summary>
/// <param name="buffer">Room to begin with, of an earlier block.</param>
sealed class AppendBlock(long firstSeq, byte[]? buffer)
{
    /// <summary>Bytes of room that are worth keeping for the next block.</summary>
    const int MaxKeptBytes = 4 << 20;

    readonly TaskCompletionSource durable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ITimer? timer;
    byte[] bytes = buffer ?? new byte[16 * 1024];

    /// <summary>Seq of its first record.</summary>
    public long FirstSeq { get; } = firstSeq;

    /// <summary>Seq after its last record.</summary>
    public long EndSeq { get; private set; } = firstSeq;

    public int LengthBytes { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, LengthBytes);

    /// <summary>When its last record was taken, Unix milliseconds.</summary>
    public long LastAtMs { get; private set; }

    /// <summary>Ends once the records are durable, or with the reason why they are not, or when the time is up.</summary>
    public Task Durable => durable.Task;

    /// <summary>The room, once the records are written; null where it has grown past keeping.</summary>
    public byte[]? Room => bytes.Length <= MaxKeptBytes ? bytes : null;

    /// <summary>Lets go of the senders when the time is up. One timer serves a block: its first sender starts it.</summary>
    public void AwaitFor(TimeSpan timeout, TimeProvider time) =>
        timer = time.CreateTimer(_ => durable.TrySetException(new TimeoutException($"not durable within {timeout}")), null, timeout, Timeout.InfiniteTimeSpan);

    /// <summary>Tells the senders; who gave up hears nothing.</summary>
    public void Tell(Exception? fault)
    {
        timer?.Dispose();
        if (fault is null) durable.TrySetResult();
        else durable.TrySetException(fault);
    }

    public void Add(ReadOnlySpan<byte> body, long atMs)
    {
        var length = SegmentLayout.RecordBytes + body.Length;
        if (LengthBytes + length > bytes.Length) Array.Resize(ref bytes, Math.Max(LengthBytes + length, bytes.Length * 2));
        var record = bytes.AsSpan(LengthBytes, length);
        body.CopyTo(record[SegmentLayout.RecordBytes..]);
        SegmentLayout.Seal(record, EndSeq++, atMs);
        LengthBytes += length;
        LastAtMs = atMs;
    }
}
