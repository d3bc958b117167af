using Cairn.Model;

namespace Cairn.Storage.Recent;

/// <summary>Each row's place in the fold of its kind: receipt and item id.</summary>
public sealed class RowOrders
{
    readonly Int64Column receivedAts;
    readonly TextColumn itemIds;

    RowOrders(Int64Column receivedAts, TextColumn itemIds) => (this.receivedAts, this.itemIds) = (receivedAts, itemIds);

    public ReceiptOrder this[int row] => ItemId.TryParse(itemIds.Utf8(row), out var item)
        ? new(receivedAts.Values[row], item)
        : throw new InvalidDataException($"row {row} of a recent file has the item id '{itemIds.Dictionary.Text(itemIds.Codes[row])}'");

    /// <exception cref="InvalidDataException">The file lacks a column that every recent file has.</exception>
    public static async ValueTask<RowOrders> ReadAsync(RecentFile file, CancellationToken cancellationToken) => new(
        await file.ReadInt64Async(RecentLayout.ReceivedAt, cancellationToken) ?? throw new InvalidDataException($"{file.Name} has no {RecentLayout.ReceivedAt}"),
        await file.ReadTextAsync(RecentLayout.ItemId, cancellationToken) ?? throw new InvalidDataException($"{file.Name} has no {RecentLayout.ItemId}"));
}
