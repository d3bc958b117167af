using System.IO.Hashing;
using Cairn.Model;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>Looks some keys up in a file of the table, whose rows keep what keys are made of and not the keys.</summary>
/// <remarks>
/// Copies share their insert id, or where there is none their item id: a row group is passed over by that one column, and the others are read only where
/// it has a row to look at.
/// </remarks>
sealed class CopySearch(string table)
{
    readonly HashSet<DuplicateKey> wanted = [];
    readonly HashSet<ulong> insertIds = [], itemIds = [];

    public bool IsEmpty => wanted.Count == 0;

    /// <summary>Asks for copies of a row.</summary>
    public void Want(DuplicateKey key, ReadOnlySpan<byte> insertId, ReadOnlySpan<byte> itemId)
    {
        wanted.Add(key);
        if (insertId.IsEmpty) itemIds.Add(XxHash3.HashToUInt64(itemId));
        else insertIds.Add(XxHash3.HashToUInt64(insertId));
    }

    /// <summary>Adds the copies that a file has.</summary>
    /// <param name="path">What they are told by.</param>
    public async Task FindAsync(RowFile file, string path, Copies into, CancellationToken cancellationToken)
    {
        foreach (var segment in await RowSegment.OpenAsync(file, cancellationToken))
        {
            var candidates = await CandidatesAsync(segment, cancellationToken);
            if (candidates.Count == 0) continue;
            await segment.LoadAsync(cancellationToken);
            await CompareAsync(segment, candidates, path, into, cancellationToken);
            segment.Unload();
        }
    }

    async Task<List<int>> CandidatesAsync(RowSegment segment, CancellationToken cancellationToken)
    {
        var inserts = (TextColumn?)await segment.ReadAsync(RowLayout.InsertId, cancellationToken, distinct: false);
        var items = itemIds.Count == 0 ? null : (TextColumn?)await segment.ReadAsync(RowLayout.ItemId, cancellationToken, distinct: false);
        var rows = new List<int>();
        for (var row = 0; row < segment.RowCount; row++)
        {
            var hasInsertId = inserts is not null && inserts.Codes[row] >= 0;
            if (hasInsertId ? insertIds.Count > 0 && insertIds.Contains(XxHash3.HashToUInt64(inserts!.Utf8(row))) : items is not null && itemIds.Contains(XxHash3.HashToUInt64(items.Utf8(row)))) rows.Add(row);
        }
        return rows;
    }

    async Task CompareAsync(RowSegment segment, List<int> rows, string path, Copies into, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, KeyTexts>(StringComparer.Ordinal);
        var all = rows.ToArray();
        foreach (var name in RowKeys.TextsOf(table))
        {
            var (gathered, codes) = (new GatheredTexts(keepsAll: true), new int[all.Length]);
            if (await segment.ReadAsync(name, cancellationToken, distinct: false) is TextColumn column) gathered.Add(column, all, codes);
            else codes.AsSpan().Fill(-1);
            texts[name] = new(gathered, codes, gathered.Count == 0);
        }
        var keys = new RowKeyMaker(table, texts);
        var sent = (Int64Column?)await segment.ReadAsync(RowLayout.SentTime, cancellationToken);
        var receivedAts = (Int64Column)(await segment.ReadAsync(RowLayout.ReceivedAt, cancellationToken))!;
        for (var i = 0; i < all.Length; i++)
        {
            var key = keys.Of(i, sent?.Values[all[i]] ?? Int64Column.Null);
            if (!wanted.Contains(key)) continue;
            if (!ItemId.TryParse(texts[RowLayout.ItemId][i], out var item)) throw new InvalidDataException($"{path}: row {segment.FirstRow + all[i]} has no item id");
            into.Add(key, new(new(receivedAts.Values[all[i]], item), path, 0, segment.FirstRow + all[i]));
        }
    }
}
