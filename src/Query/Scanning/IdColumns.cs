using Cairn.Model;
using Cairn.Storage.Recent;

namespace Cairn.Query.Scanning;

/// <summary>What each row of one part says about who it is from.</summary>
sealed record IdColumns(PooledColumn? DistinctId, PooledColumn? DeviceId, PooledColumn? UserId, PooledColumn? DialectName, LongColumn? ReceivedAt, TextColumn? ItemId)
{
    /// <param name="withItemId">Whether the order of items that were received together matters.</param>
    public static async ValueTask<IdColumns> ReadAsync(ProjectColumns columns, IEventPart part, bool withItemId, ReadCount count, CancellationToken cancellationToken) => new(
        await columns.TextAsync(part, RecentLayout.DistinctId, count, cancellationToken),
        await columns.TextAsync(part, RecentLayout.DeviceId, count, cancellationToken),
        await columns.TextAsync(part, RecentLayout.UserId, count, cancellationToken),
        await columns.TextAsync(part, RecentLayout.DialectName, count, cancellationToken),
        await columns.LongAsync(part, RecentLayout.ReceivedAt, count, cancellationToken),
        withItemId && part.Has(RecentLayout.ItemId) ? await part.ReadTextAsync(RecentLayout.ItemId, cancellationToken) : null);

    public RowIds At(int row) => new(
        DialectAt(row),
        DistinctId?.TextAt(row),
        DeviceId?.TextAt(row),
        UserId?.TextAt(row),
        ReceivedAt is null || ReceivedAt.Values[row] == LongColumn.Missing ? 0 : ReceivedAt.Values[row],
        ItemId is null || ItemId.Codes[row] < 0 ? null : ItemId.Entries[ItemId.Codes[row]]);

    public Dialect DialectAt(int row) => DialectName?.TextAt(row) switch
    {
        "amplitude" => Dialect.Amplitude,
        "segment" => Dialect.Segment,
        _ => Dialect.Mixpanel,
    };
}
