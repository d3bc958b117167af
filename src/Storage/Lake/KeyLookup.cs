using System.IO.Hashing;
using Cairn.Storage.Lake.Writing;
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

    /// <summary>Goes through a file's ids, and makes the keys of the rows that have the id of a suspect.</summary>
    async ValueTask<List<PassedCopy>> LookAsync(LakeRows lake, KnownFile file, List<(DuplicateKey Key, int Row)> suspects, CancellationToken cancellationToken)
    {
        var wanted = suspects.Select(suspect => suspect.Key).ToHashSet();
        var ids = await IdHashesAsync(file, suspects, cancellationToken);
        var copies = new List<PassedCopy>();
        foreach (var segment in await RowSegment.OpenAsync(lake.Rows, cancellationToken))
        {
            var rows = await RowsWithAsync(segment, ids, cancellationToken);
            if (rows.Length == 0) continue;
            var texts = new Dictionary<string, KeyTexts>(StringComparer.Ordinal);
            foreach (var column in RowKeys.TextsOf(table)) texts[column] = await TextsAsync(segment, column, rows, cancellationToken);
            var sent = (Int64Column?)await segment.ReadAsync(RowLayout.SentTime, cancellationToken);
            var receivedAt = (Int64Column?)await segment.ReadAsync(RowLayout.ReceivedAt, cancellationToken) ?? throw new InvalidDataException($"{lake.Rows.Name} lacks {RowLayout.ReceivedAt}");
            var keys = new RowKeyMaker(table, texts);
            for (var i = 0; i < rows.Length; i++)
                if (keys.Of(i, sent is null ? Int64Column.Null : sent.Values[rows[i]]) is var key && wanted.Contains(key)) copies.Add(new(key, receivedAt.Values[rows[i]]));
        }
        return copies;
    }

    /// <summary>Hashes of the insert ids of some recent rows, or of the item ids of those that have none.</summary>
    static async ValueTask<HashSet<ulong>> IdHashesAsync(KnownFile file, List<(DuplicateKey Key, int Row)> suspects, CancellationToken cancellationToken)
    {
        var insertIds = await file.ReadTextsAsync(RowLayout.InsertId, cancellationToken);
        var itemIds = await file.ReadTextsAsync(RowLayout.ItemId, cancellationToken) ?? throw new InvalidDataException($"{file.Facts.Name} lacks {RowLayout.ItemId}");
        return [.. suspects.Select(suspect => insertIds is not null && insertIds.Codes[suspect.Row] >= 0 ? HashOf(insertIds.Utf8(suspect.Row)) : HashOf(itemIds.Utf8(suspect.Row)))];
    }

    static async ValueTask<int[]> RowsWithAsync(RowSegment segment, HashSet<ulong> ids, CancellationToken cancellationToken)
    {
        var rows = new List<int>();
        var insertIds = (TextColumn?)await segment.ReadAsync(RowLayout.InsertId, cancellationToken, distinct: false);
        // Item ids are looked at only where rows have no other.
        var itemIds = insertIds is null || insertIds.Codes.Contains(TextColumn.Null) ? (TextColumn?)await segment.ReadAsync(RowLayout.ItemId, cancellationToken, distinct: false) : null;
        for (var row = 0; row < segment.RowCount; row++)
        {
            var text = insertIds is not null && insertIds.Codes[row] >= 0 ? insertIds.Utf8(row) : itemIds!.Utf8(row);
            if (ids.Contains(HashOf(text))) rows.Add(row);
        }
        return [.. rows];
    }

    static async ValueTask<KeyTexts> TextsAsync(RowSegment segment, string column, int[] rows, CancellationToken cancellationToken)
    {
        var (texts, codes) = (new GatheredTexts(), new int[rows.Length]);
        if (await segment.ReadAsync(column, cancellationToken, distinct: false) is TextColumn read) texts.Add(read, rows, codes);
        else codes.AsSpan().Fill(-1);
        return new(texts, codes, texts.Count == 0);
    }

    static ulong HashOf(ReadOnlySpan<byte> text) => XxHash3.HashToUInt64(text);
}
