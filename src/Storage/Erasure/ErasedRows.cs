using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.History;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Erasure;

/// <summary>Finds the rows of a file that are erased, reading only the row groups in which they may stand.</summary>
static class ErasedRows
{
    static readonly string[] IdColumns =
    [
        RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId, RowLayout.OtherId, RowLayout.InsertId, RowLayout.ReceivedAt, RowLayout.ItemId,
    ];

    /// <summary>The erased rows among those that count, ascending.</summary>
    /// <param name="table">One of <see cref="LakeLayout.RowTables"/>.</param>
    /// <param name="under">The persons under which they may stand.</param>
    /// <param name="keys">Gets the salted hash of the duplicate key of each that had an insert id, and until when a copy of it is erased; null: nobody asks.</param>
    /// <exception cref="RowFileGoneException">The file was deleted.</exception>
    public static async Task<List<int>> FindAsync(
        ErasedItems erased, string table, RowFile file, PossiblePersons under, Dictionary<long, long>? keys, CancellationToken cancellationToken)
    {
        var found = new List<int>();
        if (table == RowLayout.GroupUpdates) return found;
        foreach (var slice in await RowSlice.OfAsync(file, under, cancellationToken))
        {
            var rows = table == RowLayout.Identities ? [.. Enumerable.Range(0, slice.RowCount).Where(slice.IsLive)] : await slice.RowsOfAsync(under, cancellationToken);
            if (rows.Count == 0) continue;
            found.AddRange((await FindAsync(erased, table, slice, rows, keys, cancellationToken)).Select(row => slice.FirstRow + row));
        }
        return found;
    }

    static async Task<List<int>> FindAsync(ErasedItems erased, string table, RowSlice slice, IReadOnlyList<int> rows, Dictionary<long, long>? keys, CancellationToken cancellationToken)
    {
        var kind = RowKeys.KindOf(table);
        var read = await slice.ReadAsync(IdColumns, cancellationToken);
        var texts = read.Select(column => column as TextColumn).ToArray();
        var dialects = DialectNames.Of(texts[0] ?? throw new InvalidDataException($"rows of {table} lack {RowLayout.DialectName}"));
        var receipts = ((Int64Column?)read[6] ?? throw new InvalidDataException($"rows of {table} lack {RowLayout.ReceivedAt}")).Memory;
        var (found, copies, keyed) = (new List<int>(), new List<int>(), new List<int>());
        foreach (var row in rows)
        {
            var receivedAt = receipts.Span[row];
            var order = ItemId.TryParse(Utf8(texts[7], row), out var item) ? new ReceiptOrder(receivedAt, item) : ReceiptOrder.EndOf(receivedAt);
            var seen = new SeenIds(dialects[texts[0]!.Codes[row]], Text(texts[1], row), Text(texts[2], row), Text(texts[3], row), order);
            var hasInsertId = texts[5] is { } insertIds && insertIds.Codes[row] >= 0;
            var asksKey = false;
            if (erased.Covers(kind, seen, Text(texts[4], row) ?? "", () => { asksKey = hasInsertId; return null; })) found.Add(row);
            else if (asksKey) copies.Add(row);
        }
        if (copies.Count > 0)
        {
            var own = await RowKeysOf.ReadAsync(table, slice, copies, cancellationToken);
            for (var i = 0; i < copies.Count; i++)
                if (erased.Keys.TryGetValue(erased.HashOf(own[i]), out var untilMs) && receipts.Span[copies[i]] < untilMs) found.Add(copies[i]);
            found.Sort();
        }
        if (keys is null) return found;
        keyed.AddRange(found.Where(row => texts[5] is { } insertIds && insertIds.Codes[row] >= 0));
        if (keyed.Count == 0) return found;
        var made = await RowKeysOf.ReadAsync(table, slice, keyed, cancellationToken);
        for (var i = 0; i < keyed.Count; i++)
        {
            var untilMs = made[i].IsWindowed ? receipts.Span[keyed[i]] + (long)DuplicateKey.Window.TotalMilliseconds : long.MaxValue;
            var hash = erased.HashOf(made[i]);
            keys[hash] = Math.Max(untilMs, keys.GetValueOrDefault(hash));
        }
        return found;
    }

    static ReadOnlySpan<byte> Utf8(TextColumn? column, int row) => column is null ? default : column.Utf8(row);

    static string? Text(TextColumn? column, int row) => column is null || column.Codes[row] < 0 ? null : column.Dictionary.Text(column.Codes[row]);
}
