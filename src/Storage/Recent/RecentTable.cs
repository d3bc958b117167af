using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>What is known of one project's and kind's files, kept up to date from listing to listing.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to dispose of.
sealed class RecentTable(string projectId, string kind, IBlobStore blobs, StoredRowFiles files, ColumnCache cache)
{
    /// <summary>Files whose footers and keys are read at the same time.</summary>
    const int ReadsAtOnce = 4;

    /// <summary>Listings tried while files vanish under the reader: far more than compaction and erasure can bring about.</summary>
    const int MaxListings = 10;

    readonly SemaphoreSlim gate = new(1);
    Dictionary<string, KnownFile> known = new(StringComparer.Ordinal);
    LiveRows live = new();
    RowSnapshot? snapshot;

    public async Task<RowSnapshot> OpenAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            for (var listings = 1; ; listings++)
            {
                try
                {
                    return await RefreshAsync(cancellationToken);
                }
                catch (RowFileGoneException) when (listings < MaxListings)
                {
                    // Deleted since it was listed: the next listing is without it.
                    Forget();
                }
                catch (RowFileGoneException fault)
                {
                    throw new StorageUnavailableException($"{fault.Name} is listed and can't be read", fault);
                }
            }
        }
        catch
        {
            // A refresh that stopped halfway has told some files of each other and not all: begin anew next time.
            Forget();
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    async Task<RowSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        var listed = new List<BlobEntry>();
        await foreach (var entry in blobs.ListAsync($"{RecentLayout.Folder}{projectId}/{kind}/", after: null, cancellationToken)) listed.Add(entry);
        var fresh = listed.Where(entry => !known.ContainsKey(entry.Name)).ToList();
        var someAreGone = listed.Count - fresh.Count < known.Count;
        if (snapshot is not null && fresh.Count == 0 && !someAreGone) return snapshot;
        if (someAreGone)
        {
            // Rows that only stood back for a file now gone count again: all are judged anew.
            cache.Forget(known.Keys.Except(listed.Select(entry => entry.Name)).ToHashSet(StringComparer.Ordinal));
            Forget();
            fresh = listed;
        }
        foreach (var chunk in fresh.Chunk(ReadsAtOnce))
            foreach (var read in chunk.Select(entry => KnownFile.ReadAsync(files, entry, cancellationToken)).ToList())
            {
                var file = await read;
                known.Add(file.Facts.Name, file);
                await live.AddAsync(file, cancellationToken);
            }
        await live.SettleAsync(cancellationToken);
        return snapshot = new(projectId, kind, [.. known.Values.OrderBy(file => file.Facts.Name, StringComparer.Ordinal).Select(file => new RowFile(file.Facts, file.Live))]);
    }

    void Forget()
    {
        known = new(StringComparer.Ordinal);
        live = new();
        snapshot = null;
    }
}
