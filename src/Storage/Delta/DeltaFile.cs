using System.Collections.Immutable;

namespace Cairn.Storage.Delta;

/// <summary>A data file: to be added by a commit, or part of a snapshot.</summary>
/// <param name="Path">Below the table's root; characters of blob names, so nothing in it is ever escaped.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="ModifiedAtMs">When it was written, Unix milliseconds.</param>
/// <param name="PartitionValues">By physical name: a value for each partition column, null for null.</param>
/// <param name="Statistics">What is known of its rows.</param>
/// <param name="Tags">The caller's own notes, which engines ignore.</param>
public sealed record DeltaFile(
    string Path,
    long SizeBytes,
    long ModifiedAtMs,
    ImmutableSortedDictionary<string, string?> PartitionValues,
    DeltaStatistics? Statistics,
    ImmutableSortedDictionary<string, string> Tags)
{
    /// <summary>A file that is written and may be added.</summary>
    /// <param name="partitionValues">A value for each partition column.</param>
    public static DeltaFile Of(string path, long sizeBytes, DateTimeOffset modifiedAt, DeltaStatistics? statistics, params ReadOnlySpan<(DeltaColumn Column, string? Value)> partitionValues)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        foreach (var (column, value) in partitionValues) values.Add(column.PhysicalName, value);
        return new(path, sizeBytes, modifiedAt.ToUnixTimeMilliseconds(), values.ToImmutable(), statistics, ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal));
    }

    /// <summary>The value of a partition column in all its rows.</summary>
    /// <param name="column">One of <see cref="DeltaMetadata.PartitionColumns"/>.</param>
    public string? PartitionOf(DeltaColumn column) => PartitionValues[column.PhysicalName];
}

/// <summary>A data file that was removed and may still be read by whoever took an older version.</summary>
/// <param name="DeletedAtMs">Unix milliseconds.</param>
public sealed record DeltaTombstone(string Path, long DeletedAtMs, long SizeBytes, ImmutableSortedDictionary<string, string?> PartitionValues);

/// <summary>How far a stream's partition is in a table.</summary>
/// <param name="Version">The last seq that the table holds.</param>
/// <param name="UpdatedAtMs">Unix milliseconds.</param>
public readonly record struct DeltaTransaction(string AppId, long Version, long UpdatedAtMs);
