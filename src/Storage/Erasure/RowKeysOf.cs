using Cairn.Storage.History;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Erasure;

/// <summary>Makes the duplicate keys of a few rows, of the lake and recent ones alike.</summary>
static class RowKeysOf
{
    /// <param name="rows">Of the slice.</param>
    /// <returns>In the order of the rows.</returns>
    public static async Task<DuplicateKey[]> ReadAsync(string table, RowSlice slice, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = [.. RowKeys.TextsOf(table), RowLayout.SentTime];
        var read = await slice.ReadAsync(names, cancellationToken);
        var texts = new Dictionary<string, KeyTexts>(StringComparer.Ordinal);
        int[] picked = [.. rows];
        for (var i = 0; i < names.Count - 1; i++)
        {
            var (gathered, codes) = (new GatheredTexts(), new int[picked.Length]);
            if (read[i] is TextColumn column) gathered.Add(column, picked, codes);
            else Array.Fill(codes, -1);
            texts[names[i]] = new(gathered, codes, gathered.Count == 0);
        }
        var (sent, keys, made) = (read[^1] as Int64Column, new RowKeyMaker(table, texts), new DuplicateKey[picked.Length]);
        for (var i = 0; i < made.Length; i++) made[i] = keys.Of(i, sent is null ? Int64Column.Null : sent.Values[picked[i]]);
        return made;
    }
}
