using System.Collections.Immutable;
using Cairn.Storage.Delta;

namespace Cairn.Storage.Lake;

/// <summary>How rows are shared out to files.</summary>
public enum LakeSplit
{
    /// <summary>Young files: each holds one date.</summary>
    ByDate,

    /// <summary>Merged files: each holds a range of persons' hashes of one month.</summary>
    ByMonth,
}

/// <summary>Files that are written and not in the table yet, and what the table has to become for them: the caller commits all of it or drops it.</summary>
/// <param name="Root">The table's.</param>
/// <param name="Adds">For the commit; each has its duplicate keys beside it.</param>
/// <param name="Metadata">For the commit: the schema with the rows' new columns; null where it stays.</param>
/// <param name="RowCount">Rows of all files.</param>
public sealed record LakeWrite(string Root, ImmutableArray<DeltaFile> Adds, DeltaMetadata? Metadata, long RowCount)
{
    /// <summary>Bytes of the data files.</summary>
    public long SizeBytes => Adds.Sum(file => file.SizeBytes);
}

/// <summary>How the lake's files are cut.</summary>
public sealed record LakeWriterOptions
{
    public static LakeWriterOptions Default { get; } = new();

    /// <summary>Bytes that a file should have.</summary>
    public long TargetFileBytes { get; init; } = 128L << 20;

    /// <summary>Most rows of a row group: an erasure or a look-up of one person reads one.</summary>
    public int MaxRowsPerRowGroup { get; init; } = 32 * 1024;

    /// <summary>Rows in memory at a time: some 300 bytes each; more are written range by range of persons' hashes.</summary>
    public int MaxRowsAtOnce { get; init; } = 1 << 20;

    /// <summary>Bytes of sources' row groups, as they are stored, that a write holds; what does not fit is read column by column.</summary>
    public long MaxSourceBytes { get; init; } = 48L << 20;

    /// <summary>Bytes of sources' decoded columns that a write holds from one range to the next; what does not fit is decoded again.</summary>
    public long MaxDecodedBytes { get; init; } = 48L << 20;

    /// <summary>Bytes of sources' decoded columns that a write holds between two looks at them in one range; what does not fit is decoded again.</summary>
    public long MaxPeekedBytes { get; init; } = 24L << 20;
}
