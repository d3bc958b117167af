using Cairn.Storage.Delta;

namespace Cairn.Storage.Compaction;

/// <summary>Makes a change of a table whose files are written: it ends up in the table once, or its files go away again.</summary>
static class TableChange
{
    /// <summary>Times a commit is asked about again after an unclear answer, before the run ends and the next one reads the log.</summary>
    const int MaxAsks = 3;

    /// <summary>Commits a change.</summary>
    /// <param name="filesOf">The blobs written for one of its files: it, and what lies beside it.</param>
    /// <returns>The version that holds it; null where the table has moved meanwhile, and all is to be begun anew.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether the change landed. Its files stay: in the table, or until vacuum finds that no version needs them.</exception>
    public static async Task<DeltaSnapshot?> CommitAsync(
        DeltaTable table, DeltaSnapshot basis, DeltaCommit commit, IBlobStore blobs, Func<DeltaFile, IEnumerable<string>> filesOf, CancellationToken cancellationToken)
    {
        if (await AskAsync(table, basis, commit, cancellationToken) is DeltaOutcome.Committed landed) return landed.Snapshot;
        // It surely is not in the table, so nobody will ever look for these.
        foreach (var name in commit.Adds.SelectMany(filesOf)) await blobs.DeleteAsync(name, cancellationToken);
        return null;
    }

    static async Task<DeltaOutcome> AskAsync(DeltaTable table, DeltaSnapshot basis, DeltaCommit commit, CancellationToken cancellationToken)
    {
        for (var ask = 1; ; ask++)
        {
            try
            {
                return await table.CommitAsync(basis, commit, cancellationToken);
            }
            catch (StorageUnavailableException) when (ask < MaxAsks)
            {
                // The same commit again: its id in the log tells whether it landed.
            }
        }
    }
}
