using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>What each row of one part says about who it is from.</summary>
sealed class IdColumns
{
    readonly PooledColumn? distinctId, deviceId, userId;
    readonly Dialect[] dialects;
    readonly Int64Column? receivedAt;
    readonly TextColumn? itemId;

    IdColumns(PooledColumn? distinctId, PooledColumn? deviceId, PooledColumn? userId, Dialect[] dialects, Int64Column? receivedAt, TextColumn? itemId) =>
        (this.distinctId, this.deviceId, this.userId, this.dialects, this.receivedAt, this.itemId) = (distinctId, deviceId, userId, dialects, receivedAt, itemId);

    public static async ValueTask<IdColumns> ReadAsync(ProjectColumns columns, IEventPart part, ReadCount count, CancellationToken cancellationToken)
    {
        var dialects = DialectsOf(await columns.TextAsync(part, RowLayout.DialectName, count, cancellationToken), part.RowCount);
        // The order of items received together matters to Amplitude's rules alone.
        var itemId = dialects.Contains(Dialect.Amplitude) ? await ProjectColumns.ReadAsync<TextColumn>(part, RowLayout.ItemId, count, cancellationToken) : null;
        return new(
            await columns.TextAsync(part, RowLayout.DistinctId, count, cancellationToken),
            await columns.TextAsync(part, RowLayout.DeviceId, count, cancellationToken),
            await columns.TextAsync(part, RowLayout.UserId, count, cancellationToken),
            dialects,
            await ProjectColumns.ReadAsync<Int64Column>(part, RowLayout.ReceivedAt, count, cancellationToken),
            itemId);
    }

    /// <summary>Rows of one key say the same, their receipt aside.</summary>
    public (Dialect Dialect, int DistinctId, int DeviceId, int UserId) KeyAt(int row) =>
        (dialects[row], distinctId?.Codes[row] ?? -1, deviceId?.Codes[row] ?? -1, userId?.Codes[row] ?? -1);

    public SeenIds At(int row) => new(dialects[row], distinctId?.TextAt(row), deviceId?.TextAt(row), userId?.TextAt(row), ReceiptAt(row));

    ReceiptOrder ReceiptAt(int row)
    {
        var receivedAtMs = receivedAt is null ? 0 : receivedAt.Values[row];
        return itemId is not null && ItemId.TryParse(itemId.Utf8(row), out var id) ? new(receivedAtMs, id) : ReceiptOrder.EndOf(receivedAtMs);
    }

    static Dialect[] DialectsOf(PooledColumn? names, int rowCount)
    {
        var dialects = new Dialect[rowCount];
        for (var row = 0; row < rowCount; row++)
            dialects[row] = names?.TextAt(row) switch { "amplitude" => Dialect.Amplitude, "segment" => Dialect.Segment, _ => Dialect.Mixpanel };
        return dialects;
    }
}
