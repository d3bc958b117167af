using Cairn.Storage.Delta;
using Cairn.Storage.Lake;

namespace Cairn.Storage.Compaction;

/// <summary>Rewrites files as others with the same rows, under the persons known now.</summary>
static class MergeStep
{
    /// <returns>The version without the sources; null where the table has moved meanwhile.</returns>
    public static async Task<DeltaSnapshot?> RunAsync(TableContext context, DeltaSnapshot version, MergePlan plan, CancellationToken cancellationToken)
    {
        var sources = context.Open(version, plan.Sources.Select(source => source.Path));
        var written = await context.WriteAsync(version, sources, plan.Date is null ? LakeSplit.ByMonth : LakeSplit.ByDate, cancellationToken);
        return await context.CommitAsync(version, new DeltaCommit
        {
            Operation = "OPTIMIZE",
            Adds = plan.Date is null ? AsRun(written.Adds) : written.Adds,
            Removes = [.. plan.Sources.Select(source => source.Path)],
            Metadata = written.Metadata,
            // A row may have another person than before: whoever follows the table's changes must see it.
            DataChange = context.HasPersons,
        }, cancellationToken);
    }

    /// <summary>Names the run that merged files belong to.</summary>
    static System.Collections.Immutable.ImmutableArray<DeltaFile> AsRun(System.Collections.Immutable.ImmutableArray<DeltaFile> files) =>
        files.Length < 2 ? files : [.. files.Select(file => file with { Tags = file.Tags.SetItem(TableFile.RunTag, files[0].Path) })];
}
