using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Model;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>Looks some duplicate keys up in a file of the lake, whose rows keep what keys are made of and not the keys.</summary>
/// <remarks>
/// Copies share their insert id, or where there is none their item id: a row group is passed over by that one column, and the others are read only where
/// it has a row to look at.
/// </remarks>
/// <param name="loadsWhole">Whether a row group with such a row is read by one request, all columns of it, rather than column by column.</param>
sealed class KeySearch(string table, bool loadsWhole)
{
    readonly HashSet<DuplicateKey> wanted = [];
    readonly HashSet<ulong> insertIds = [], itemIds = [];

    /// <summary>Asks for copies of a row.</summary>
    /// <param name="insertId">Empty where it has none.</param>
    public void Want(DuplicateKey key, ReadOnlySpan<byte> insertId, ReadOnlySpan<byte> itemId)
    {
        wanted.Add(key);
        if (insertId.IsEmpty) itemIds.Add(XxHash3.HashToUInt64(itemId));
        else insertIds.Add(XxHash3.HashToUInt64(insertId));
    }

    /// <summary>The copies that a file has, in the order of its rows.</summary>
    public async IAsyncEnumerable<FoundKey> FindAsync(RowFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var segment in await RowSegment.OpenAsync(file, cancellationToken))
        {
            var candidates = await CandidatesAsync(segment, cancellationToken);
            if (candidates.Length == 0) continue;
            if (loadsWhole) await segment.LoadAsync(cancellationToken);
            foreach (var found in await CompareAsync(file, segment, candidates, cancellationToken)) yield return found;
            segment.Unload();
        }
    }

    async Task<int[]> CandidatesAsync(RowSegment segment, CancellationToken cancellationToken)
    {
        var inserts = (TextColumn?)await segment.ReadAsync(RowLayout.InsertId, cancellationToken, distinct: false);
        var items = itemIds.Count == 0 ? null : (TextColumn?)await segment.ReadAsync(RowLayout.ItemId, cancellationToken, distinct: false);
        var rows = new List<int>();
        for (var row = 0; row < segment.RowCount; row++)
        {
            var hasInsertId = inserts is not null && inserts.Codes[row] >= 0;
            if (hasInsertId ? insertIds.Count > 0 && insertIds.Contains(XxHash3.HashToUInt64(inserts!.Utf8(row))) : items is not null && itemIds.Contains(XxHash3.HashToUInt64(items.Utf8(row)))) rows.Add(row);
        }
        return [.. rows];
    }

    async Task<List<FoundKey>> CompareAsync(RowFile file, RowSegment segment, int[] rows, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, KeyTexts>(StringComparer.Ordinal);
        foreach (var name in RowKeys.TextsOf(table))
        {
            var (gathered, codes) = (new GatheredTexts(keepsAll: true), new int[rows.Length]);
            if (await segment.ReadAsync(name, cancellationToken, distinct: false) is TextColumn column) gathered.Add(column, rows, codes);
            else codes.AsSpan().Fill(-1);
            texts[name] = new(gathered, codes, gathered.Count == 0);
        }
        var keys = new RowKeyMaker(table, texts);
        var sent = (Int64Column?)await segment.ReadAsync(RowLayout.SentTime, cancellationToken);
        var receivedAts = (Int64Column?)await segment.ReadAsync(RowLayout.ReceivedAt, cancellationToken) ?? throw new InvalidDataException($"{file.Name} lacks {RowLayout.ReceivedAt}");
        var found = new List<FoundKey>();
        for (var i = 0; i < rows.Length; i++)
        {
            var key = keys.Of(i, sent?.Values[rows[i]] ?? Int64Column.Null);
            if (!wanted.Contains(key)) continue;
            if (!ItemId.TryParse(texts[RowLayout.ItemId][i], out var item)) throw new InvalidDataException($"{file.Name}: row {segment.FirstRow + rows[i]} has no item id");
            found.Add(new(key, new(receivedAts.Values[rows[i]], item), segment.FirstRow + rows[i]));
        }
        return found;
    }
}

/// <summary>A row of the lake that has one of the keys.</summary>
/// <param name="Receipt">By which the first of equal things is told.</param>
/// <param name="Row">In its file.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct FoundKey(DuplicateKey Key, ReceiptOrder Receipt, int Row);
