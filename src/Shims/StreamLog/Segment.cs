namespace Cairn.Shims.StreamLog;

/// <summary>One file of a partition.</summary>
sealed class Segment(string path, long firstSeq)
{
    public string Path { get; } = path;

    /// <summary>Seq of its first record, had or still to come.</summary>
    public long FirstSeq { get; } = firstSeq;

    /// <summary>Durable bytes; readers stop here.</summary>
    public long Length { get; set; } = SegmentLayout.HeaderBytes;

    /// <summary>When it was begun, Unix milliseconds.</summary>
    public long BegunAtMs { get; init; }

    /// <summary>When its last record was taken, Unix milliseconds.</summary>
    public long LastAtMs { get; set; }

    public bool IsEmpty => Length == SegmentLayout.HeaderBytes;
}
