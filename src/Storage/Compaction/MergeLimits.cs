namespace Cairn.Storage.Compaction;

/// <summary>When files merge.</summary>
public sealed record MergeLimits
{
    public static MergeLimits Default { get; } = new();

    /// <summary>Young files of one date, or runs of one month, of about one size that become one: more rewrite a row less often, and leave more files to open.</summary>
    public int FanIn { get; init; } = 8;

    /// <summary>Young files of one month's closed dates that merge at once, however young: what a burst brings is better merged when it is over.</summary>
    public int MaxYoung { get; init; } = 256;

    /// <summary>Stored bytes of one month's closed dates that merge at once.</summary>
    public long MaxYoungBytes { get; init; } = 512L << 20;

    /// <summary>How long a date stays open after its end, for what arrives late.</summary>
    public TimeSpan ClosesAfter { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long young files of closed dates may wait for more of them before they merge.</summary>
    public TimeSpan YoungFor { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Stored bytes that one merge takes at most, so that appends wait a minute or two and no longer.</summary>
    public long MaxBytes { get; init; } = 512L << 20;

    /// <summary>The share of a file's rows whose person is another now, past which the file is rewritten.</summary>
    public double MaxMovedShare { get; init; } = 0.05;

    /// <summary>Below this size all files count as equally small.</summary>
    public long SmallestBytes { get; init; } = 64 << 10;
}
