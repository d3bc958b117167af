using Cairn.Storage.Delta;

namespace Cairn.Storage.Compaction;

/// <summary>What the next append takes: whole recent files, in the stream's order within each partition.</summary>
/// <param name="Sources">Any beginning of them is a plan too.</param>
/// <param name="HasMore">Whether files are left for the append after it.</param>
public sealed record AppendPlan(IReadOnlyList<AppendSource> Sources, bool HasMore)
{
    /// <summary>Where the table's watermarks move to.</summary>
    public IReadOnlyList<DeltaPlace> Places =>
        [.. Sources.GroupBy(source => source.File.AppId, StringComparer.Ordinal).Select(partition => new DeltaPlace(partition.Key, partition.Max(source => source.File.Name.LastSeq)))];

    /// <summary>Stored bytes of its files.</summary>
    public long Bytes => Sources.Sum(source => source.File.Blob.Length);

    /// <summary>The first files up to a number of rows; at least one.</summary>
    /// <param name="rowCounts">Of each source.</param>
    public AppendPlan CutTo(long maxRows, IReadOnlyList<int> rowCounts)
    {
        var (kept, rows) = (0, 0L);
        while (kept < Sources.Count && (kept == 0 || rows + rowCounts[kept] <= maxRows)) rows += rowCounts[kept++];
        return kept == Sources.Count ? this : new([.. Sources.Take(kept)], HasMore: true);
    }
}

/// <summary>A recent file of an append.</summary>
/// <param name="AfterSeq">Its messages up to this one are in the table, or come with a file before it: rows after it count.</param>
public readonly record struct AppendSource(ListedRecentFile File, long AfterSeq);
