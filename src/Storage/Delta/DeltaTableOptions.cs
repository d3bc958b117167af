namespace Cairn.Storage.Delta;

/// <summary>How a table's log is kept.</summary>
public sealed record DeltaTableOptions
{
    public static DeltaTableOptions Default { get; } = new();

    /// <summary>Commits from one checkpoint to the next: what a reader replays at most, some races aside.</summary>
    public int CheckpointInterval { get; init; } = 20;

    /// <summary>How long a superseded version, and the files only it needs, can still be read: longer than any query takes.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often a commit is made anew after others were faster.</summary>
    public int MaxAttempts { get; init; } = 50;

    /// <summary>A file must be committed within this time after it was written; vacuum takes a file that never was for one that was forgotten after <see cref="Retention"/>.</summary>
    public TimeSpan MaxFileAge => Retention / 2;
}
