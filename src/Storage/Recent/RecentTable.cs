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

    /// <summary>Rows that passed into the lake and are still remembered here, before all is begun anew without them.</summary>
    const long MaxPassedRows = 1 << 20;

    readonly SemaphoreSlim gate = new(1);
    Dictionary<string, KnownFile> known = new(StringComparer.Ordinal);
    LiveRows live = new();
    IPassedRows? passed;
    IReadOnlyList<KnownFile>? current;

    /// <summary>The files that are there now, by name; all rows above the lake's places.</summary>
    /// <param name="readPassed">
    /// Reads what the lake has, after the listing: a row that moved in between is left out here and stands there.
    /// </param>
    /// <returns>The files with rows above the lake's places, in the same list while nothing changes; and what the lake had.</returns>
    public async Task<(IReadOnlyList<KnownFile> Files, T Passed)> OpenAsync<T>(Func<CancellationToken, ValueTask<T>> readPassed, CancellationToken cancellationToken)
        where T : IPassedRows
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            for (var listings = 1; ; listings++)
            {
                try
                {
                    return await RefreshAsync(readPassed, cancellationToken);
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

    async Task<(IReadOnlyList<KnownFile> Files, T Passed)> RefreshAsync<T>(Func<CancellationToken, ValueTask<T>> readPassed, CancellationToken cancellationToken)
        where T : IPassedRows
    {
        var listed = new Dictionary<string, BlobEntry>(StringComparer.Ordinal);
        await foreach (var entry in blobs.ListAsync($"{RecentLayout.Folder}{projectId}/{kind}/", after: null, cancellationToken)) listed.Add(entry.Name, entry);
        var lake = await readPassed(cancellationToken);
        var gone = known.Values.Where(file => !listed.ContainsKey(file.Facts.Name)).ToList();
        cache.Forget(gone.Select(file => file.Facts.Name).ToHashSet(StringComparer.Ordinal));
        // Rows that only stood back for a file now gone count again, unless the lake has what was in it: all are judged anew.
        if (gone.Any(file => lake.PlaceOf(file.Name.StreamId, file.Name.Partition) < file.Name.LastSeq) || PassedRows > Math.Max(MaxPassedRows, known.Values.Sum(file => (long)file.Facts.RowCount) / 2)) Forget();
        var fresh = listed.Values.Where(entry => !known.ContainsKey(entry.Name) && !IsPassed(entry, lake)).ToList();
        if (current is { } same && fresh.Count == 0 && ReferenceEquals(lake, passed)) return (same, lake);

        await PassAsync(lake, cancellationToken);
        foreach (var chunk in fresh.Chunk(ReadsAtOnce))
            foreach (var read in chunk.Select(entry => KnownFile.ReadAsync(files, entry, cancellationToken)).ToList())
            {
                var file = await read;
                known.Add(file.Facts.Name, file);
                await file.PassAsync(lake.PlaceOf(file.Name.StreamId, file.Name.Partition), cancellationToken);
                await live.AddAsync(file, cancellationToken);
                live.AddCopies(file, await lake.FindCopiesAsync(file, null, cancellationToken));
            }
        await live.SettleAsync(cancellationToken);
        passed = lake;
        return (current = [.. known.Values.Where(file => !file.IsPassed).OrderBy(file => file.Facts.Name, StringComparer.Ordinal)], lake);
    }

    /// <summary>Leaves out what the lake has taken since the last time, and looks for what else came into it.</summary>
    async Task PassAsync(IPassedRows lake, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(lake, passed)) return;
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in known.Values)
        {
            if (file.IsPassed) continue;
            await file.PassAsync(lake.PlaceOf(file.Name.StreamId, file.Name.Partition), cancellationToken);
            if (file.IsPassed) gone.Add(file.Facts.Name);
            else live.AddCopies(file, await lake.FindCopiesAsync(file, passed, cancellationToken));
        }
        // Their rows are read from the lake from now on.
        if (gone.Count > 0) cache.Forget(gone);
    }

    /// <summary>A name that is none of ours is opened, and so reported.</summary>
    static bool IsPassed(BlobEntry entry, IPassedRows lake) =>
        RecentFileName.TryParse(entry.Name, out var name) && lake.PlaceOf(name.StreamId, name.Partition) >= name.LastSeq;

    long PassedRows => known.Values.Where(file => file.IsPassed).Sum(file => (long)file.Facts.RowCount);

    void Forget()
    {
        known = new(StringComparer.Ordinal);
        live = new();
        passed = null;
        current = null;
    }
}
