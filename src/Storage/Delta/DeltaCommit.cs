using System.Collections.Immutable;

namespace Cairn.Storage.Delta;

/// <summary>A change of a table, all of it in one version or none.</summary>
/// <remarks>
/// Make one object per change and give it again after a <see cref="StorageUnavailableException"/>: its <see cref="Id"/> tells whether it landed.
/// </remarks>
public sealed record DeltaCommit
{
    /// <summary>What was done, for the table's history: "WRITE", "OPTIMIZE", "DELETE" and the like.</summary>
    public required string Operation { get; init; }

    /// <summary>This change's own name, told apart from every other.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString("D");

    /// <summary>Files that are written already, under names that no file ever had.</summary>
    public ImmutableArray<DeltaFile> Adds { get; init; } = [];

    /// <summary>Paths of files to remove; each must be there when the commit lands.</summary>
    public ImmutableArray<string> Removes { get; init; } = [];

    /// <summary>Streams' places, moved in the same version as the rows.</summary>
    public ImmutableArray<DeltaPlace> Places { get; init; } = [];

    /// <summary>The table's new metadata; null where it stays.</summary>
    public DeltaMetadata? Metadata { get; init; }

    /// <summary>False only where no row and no value changes.</summary>
    public bool DataChange { get; init; } = true;

    /// <summary>Whether any other commit since the basis makes this one a conflict: for what was computed from the whole table.</summary>
    public bool NeedsBasisUnchanged { get; init; }
}

/// <summary>A stream's place that a commit moves a table to.</summary>
/// <param name="AppId">The stream's and partition's name.</param>
/// <param name="Version">Higher than the basis has.</param>
public readonly record struct DeltaPlace(string AppId, long Version);

/// <summary>What became of a commit.</summary>
public abstract record DeltaOutcome
{
    DeltaOutcome()
    {
    }

    /// <summary>It is in the table.</summary>
    /// <param name="Snapshot">A version that holds it; the newest known.</param>
    /// <param name="Version">Its own version; -1 where only its files told that it is in.</param>
    public sealed record Committed(DeltaSnapshot Snapshot, long Version) : DeltaOutcome;

    /// <summary>It is not in the table: another commit moved one of its places. Drop its files and begin anew from <paramref name="Newest"/>.</summary>
    public sealed record Superseded(DeltaSnapshot Newest, string AppId) : DeltaOutcome;

    /// <summary>It is not in the table: what it was made from is no longer so. Drop its files and begin anew from <paramref name="Newest"/>.</summary>
    /// <param name="Detail">A path, or a word about what changed.</param>
    public sealed record Conflict(DeltaSnapshot Newest, DeltaConflict Reason, string Detail) : DeltaOutcome;
}

/// <summary>Why a commit can't be made on the newest version.</summary>
public enum DeltaConflict
{
    /// <summary>A file to remove is gone.</summary>
    FileGone,

    /// <summary>It brings metadata, and another commit did too.</summary>
    MetadataMoved,

    /// <summary>It needs its basis unchanged, and there is a newer version.</summary>
    TableMoved,

    /// <summary>Others were faster, time after time.</summary>
    Crowded,
}
