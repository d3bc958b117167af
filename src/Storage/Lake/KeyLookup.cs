using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>Finds rows of the lake that have the keys of recent ones: first by what the log says of files, then by their filters, and only then in the rows.</summary>
sealed class KeyLookup(string table, KeyFilters filters)
{
    /// <summary>The copies, in any order; each row of the lake once.</summary>
    public async ValueTask<IReadOnlyList<PassedCopy>> FindAsync(string root, KnownFile file, IReadOnlyList<LakeRows> among, CancellationToken cancellationToken)
    {
        if (among.Count == 0 || file.Once.Count == 0) return [];
        var asked = await AskedKeys.ReadAsync(file, cancellationToken);
        var copies = new List<PassedCopy>();
        foreach (var lake in among)
        {
            if (!asked.MayMeet(lake.File)) continue;
            var filter = await FilterAsync(root, lake.File.Path, cancellationToken);
            var suspects = asked.Suspects(lake.File, filter);
            if (suspects.Count > 0) copies.AddRange(await LookAsync(lake, file, suspects, cancellationToken));
        }
        return copies;
    }

    async ValueTask<KeyFilter?> FilterAsync(string root, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await filters.ReadAsync(root, path, cancellationToken);
        }
        catch (RemakableFileException)
        {
            // A filter only saves looking, so the answer is the same without. Compaction, which asks it for the same rows, names it and drops it.
            return null;
        }
    }

    async ValueTask<List<PassedCopy>> LookAsync(LakeRows lake, KnownFile file, List<(DuplicateKey Key, int Row)> suspects, CancellationToken cancellationToken)
    {
        var insertIds = await file.ReadTextsAsync(RowLayout.InsertId, cancellationToken);
        var itemIds = await file.ReadTextsAsync(RowLayout.ItemId, cancellationToken) ?? throw new InvalidDataException($"{file.Facts.Name} lacks {RowLayout.ItemId}");
        var search = new KeySearch(table, loadsWhole: false);
        foreach (var (key, row) in suspects) search.Want(key, insertIds is null ? default : insertIds.Utf8(row), itemIds.Utf8(row));
        var copies = new List<PassedCopy>();
        await foreach (var found in search.FindAsync(lake.Rows, cancellationToken)) copies.Add(new(found.Key, found.Receipt.ReceivedAtMs));
        return copies;
    }
}
