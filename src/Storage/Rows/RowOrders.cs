using Cairn.Model;

namespace Cairn.Storage.Rows;

/// <summary>Each row's place in the fold of its kind: receipt and item id.</summary>
public sealed class RowOrders
{
    readonly Int64Column receivedAts;
    readonly TextColumn itemIds;

    RowOrders(Int64Column receivedAts, TextColumn itemIds) => (this.receivedAts, this.itemIds) = (receivedAts, itemIds);

    public ReceiptOrder this[int row] => ItemId.TryParse(itemIds.Utf8(row), out var item)
        ? new(receivedAts.Values[row], item)
        : throw new InvalidDataException($"row {row} of a file has the item id '{itemIds.Dictionary.Text(itemIds.Codes[row])}'");

    /// <exception cref="InvalidDataException">The file lacks a column that every file of rows has.</exception>
    public static async ValueTask<RowOrders> ReadAsync(RowFile file, CancellationToken cancellationToken) => new(
        await file.ReadInt64Async(RowLayout.ReceivedAt, cancellationToken) ?? throw new InvalidDataException($"{file.Name} has no {RowLayout.ReceivedAt}"),
        await file.ReadTextAsync(RowLayout.ItemId, cancellationToken) ?? throw new InvalidDataException($"{file.Name} has no {RowLayout.ItemId}"));
}
