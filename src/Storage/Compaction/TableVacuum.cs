using Cairn.Storage.Delta;
using Cairn.Storage.Lake;

namespace Cairn.Storage.Compaction;

/// <summary>Deletes what no version of a table needs: data files, and duplicate keys whose data file is gone.</summary>
static class TableVacuum
{
    /// <returns>How many blobs were deleted.</returns>
    public static async Task<int> RunAsync(IBlobStore blobs, DeltaTable table, TimeProvider clock, TimeSpan retention, CancellationToken cancellationToken)
    {
        var deleted = (await table.VacuumAsync(cancellationToken)).Count;
        // Keys first, files after: a file that comes in between is seen, and its keys are too young to be judged.
        var before = clock.GetUtcNow() - retention;
        var keys = new List<string>();
        await foreach (var entry in blobs.ListAsync($"{table.Root}/{LakeLayout.KeysFolder}/", null, cancellationToken))
            if (entry.LastModified <= before) keys.Add(entry.Name);
        if (keys.Count == 0) return deleted;
        var needed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in blobs.ListAsync($"{table.Root}/{LakeLayout.Month}=", null, cancellationToken))
            needed.Add(LakeLayout.KeysOf(table.Root, entry.Name[(table.Root.Length + 1)..]));
        foreach (var name in keys.Where(name => !needed.Contains(name)))
        {
            await blobs.DeleteAsync(name, cancellationToken);
            deleted++;
        }
        return deleted;
    }
}
