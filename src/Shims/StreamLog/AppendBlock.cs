namespace Cairn.Shims.StreamLog;

/// <summary>What many senders wait for together: records that one write and one flush make durable.</summary>
/// <param name="buffer">Room to begin with, of an earlier block.</param>
sealed class AppendBlock(long firstSeq, byte[]? buffer)
{
    /// <summary>Bytes of room that are worth keeping for the next block.</summary>
    const int MaxKeptBytes = 4 << 20;

    byte[] bytes = buffer ?? new byte[16 * 1024];

    /// <summary>Seq of its first record.</summary>
    public long FirstSeq { get; } = firstSeq;

    /// <summary>Seq after its last record.</summary>
    public long EndSeq { get; private set; } = firstSeq;

    public int LengthBytes { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, LengthBytes);

    /// <summary>When its last record was taken, Unix milliseconds.</summary>
    public long LastAtMs { get; private set; }

    /// <summary>Ends once the records are durable, or with the reason why they are not.</summary>
    public TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The room, once the records are written; null where it has grown past keeping.</summary>
    public byte[]? Room => bytes.Length <= MaxKeptBytes ? bytes : null;

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
