using Cairn.Storage.Delta;
using Cairn.Storage.Lake;

namespace Cairn.Storage.Compaction;

/// <summary>How much compaction takes at once, and how long things stay.</summary>
public sealed record CompactionLimits
{
    public static CompactionLimits Default { get; } = new();

    /// <summary>Rows of one append: what is held in memory at once, some 600 bytes each while they become files.</summary>
    public int MaxAppendRows { get; init; } = 100_000;

    /// <summary>Stored bytes of recent files of one append.</summary>
    public long MaxAppendBytes { get; init; } = 64L << 20;

    /// <summary>Recent files of one append.</summary>
    public int MaxAppendFiles { get; init; } = 2_000;

    /// <summary>Waiting files of a partition that a run looks at, some 600 bytes each; those behind them are only counted.</summary>
    public int MaxWaitingFiles { get; init; } = 8_000;

    /// <summary>Stored bytes of waiting recent files that are worth an append at once.</summary>
    public long AppendFromBytes { get; init; } = 16L << 20;

    /// <summary>How long a lone recent file waits for others before it is appended.</summary>
    public TimeSpan AppendAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a recent file stays once the table has its rows: longer than a reader holds a listing.</summary>
    public TimeSpan KeepRecentFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a table is searched for files that nobody needs.</summary>
    public TimeSpan VacuumEvery { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How often a table's rows are compared with the links known now.</summary>
    public TimeSpan CountMovedEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Stored bytes of files that one step compares with the links known, so that appends wait seconds and no longer.</summary>
    public long MaxComparedBytes { get; init; } = 256L << 20;

    /// <summary>How long superseded files stay: the tables' own retention.</summary>
    public TimeSpan Retention { get; init; } = DeltaTableOptions.Default.Retention;

    /// <summary>How files are cut; and how many rows a merge holds in memory at once.</summary>
    public LakeWriterOptions Files { get; init; } = LakeWriterOptions.Default with { MaxRowsAtOnce = 200_000 };

    /// <summary>These limits with another number of rows of an append, and twice as many of a merge.</summary>
    public CompactionLimits WithRows(int rows) => this with { MaxAppendRows = rows, Files = Files with { MaxRowsAtOnce = rows * 2 } };

    public MergeLimits Merges { get; init; } = MergeLimits.Default;
}
