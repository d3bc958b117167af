using System.Runtime.InteropServices;
using Cairn.Model;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>A row that shares its key with others.</summary>
/// <param name="Order">Its receipt: of equal things the first received stays.</param>
/// <param name="Path">The table's file that it stands in; null for a new row.</param>
/// <param name="File">Among the new files, or 0.</param>
/// <param name="Row">In its file.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct KeyCopy(ReceiptOrder Order, string? Path, int File, int Row);

/// <summary>Rows of equal keys, from new files and the table, and which of them stay.</summary>
sealed class Copies
{
    readonly Dictionary<DuplicateKey, List<KeyCopy>> byKey = [];

    public void Add(DuplicateKey key, KeyCopy copy)
    {
        ref var copies = ref CollectionsMarshal.GetValueRefOrAddDefault(byKey, key, out _);
        (copies ??= []).Add(copy);
    }

    /// <summary>The copies that don't stay.</summary>
    /// <remarks>
    /// Where a key counts for a time only (Amplitude), a copy that stayed out of the table can't be called back when one turns up that was received before it was judged by; so the rule is exact as
    /// long as no item takes longer than that time from its receipt to its row.
    /// </remarks>
    public IEnumerable<KeyCopy> Losers()
    {
        foreach (var (key, copies) in byKey)
        {
            if (copies.Count < 2) continue;
            // Of two that are one item sent twice by ourselves, the one in the table stays: nothing is rewritten for it.
            copies.Sort((one, other) => one.Order.CompareTo(other.Order) is not 0 and var order ? order : (one.Path is null).CompareTo(other.Path is null) is not 0 and var there ? there : (one.File, one.Row).CompareTo((other.File, other.Row)));
            var receipts = copies.ConvertAll(copy => copy.Order.ReceivedAtMs);
            var stays = new bool[copies.Count];
            DuplicateRule.Judge(CollectionsMarshal.AsSpan(receipts), key.IsWindowed ? (long)DuplicateKey.Window.TotalMilliseconds : long.MaxValue, stays);
            for (var i = 0; i < stays.Length; i++)
                if (!stays[i]) yield return copies[i];
        }
    }
}
