using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>What each row of one part says about who it is from.</summary>
sealed class IdColumns
{
    readonly RowDialects dialects;
    readonly Int64Column? receivedAt;
    readonly TextColumn? itemId;

    IdColumns(IdTexts distinctId, IdTexts deviceId, IdTexts userId, RowDialects dialects, Int64Column? receivedAt, TextColumn? itemId)
    {
        (DistinctId, DeviceId, UserId) = (distinctId, deviceId, userId);
        (this.dialects, this.receivedAt, this.itemId) = (dialects, receivedAt, itemId);
    }

    public IdTexts DistinctId { get; }

    public IdTexts DeviceId { get; }

    public IdTexts UserId { get; }

    /// <summary>The dialect of all rows; null where they have several.</summary>
    public Dialect? OnlyDialect => dialects.Only;

    /// <param name="withReceipts">Whether <see cref="SeenIds.Receipt"/> is asked for; else it is right where the person depends on it.</param>
    public static async ValueTask<IdColumns> ReadAsync(ProjectColumns columns, IEventPart part, bool withReceipts, ReadCount count, CancellationToken cancellationToken)
    {
        var dialects = await RowDialects.ReadAsync(columns, part, count, cancellationToken);
        // The order of items received together matters to Amplitude's rules alone.
        var hasAmplitude = dialects.Has(Dialect.Amplitude);
        return new(
            await IdTexts.ReadAsync(columns, part, RowLayout.DistinctId, count, cancellationToken),
            await IdTexts.ReadAsync(columns, part, RowLayout.DeviceId, count, cancellationToken),
            await IdTexts.ReadAsync(columns, part, RowLayout.UserId, count, cancellationToken),
            dialects,
            hasAmplitude || withReceipts ? await ProjectColumns.ReadAsync<Int64Column>(part, RowLayout.ReceivedAt, count, cancellationToken) : null,
            hasAmplitude ? await ProjectColumns.ReadAsync<TextColumn>(part, RowLayout.ItemId, count, cancellationToken) : null);
    }

    /// <summary>Rows of one key say the same, their receipt aside.</summary>
    public (Dialect Dialect, int DistinctId, int DeviceId, int UserId) KeyAt(int row) =>
        (dialects[row], DistinctId.CodeAt(row), DeviceId.CodeAt(row), UserId.CodeAt(row));

    public SeenIds At(int row) => new(dialects[row], DistinctId.TextAt(row), DeviceId.TextAt(row), UserId.TextAt(row), ReceiptAt(row));

    ReceiptOrder ReceiptAt(int row)
    {
        var receivedAtMs = receivedAt is null ? 0 : receivedAt.Values[row];
        return itemId is not null && ItemId.TryParse(itemId.Utf8(row), out var id) ? new(receivedAtMs, id) : ReceiptOrder.EndOf(receivedAtMs);
    }
}
