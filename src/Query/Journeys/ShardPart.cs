using System.Globalization;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>A shard's rows as a part, so that whatever scans rows scans these.</summary>
sealed class ShardPart : IPooledPart
{
    readonly LayoutColumns columns;
    readonly int index;

    public ShardPart(LayoutColumns columns, int index)
    {
        (this.columns, this.index) = (columns, index);
        Key = string.Create(CultureInfo.InvariantCulture, $"{columns.Key}/{index}");
        var shard = columns.Shards[index];
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var time in shard.Times) (first, last) = (Math.Min(first, time), Math.Max(last, time));
        Times = (first, last);
    }

    public string Key { get; }

    public int RowCount => columns.Shards[index].RowCount;

    public (long FirstMs, long LastMs) Times { get; }

    public bool IsSortedByPerson => true;

    /// <summary>Where a row was laid out from.</summary>
    public (IEventPart Part, int Row) OriginOf(int row) => columns.OriginOf(columns.Shards[index].Sources[row]);

    /// <summary>Unknown: rows of all parts are mixed here.</summary>
    public long LastReceivedAtMs => long.MaxValue;

    public IReadOnlyList<StoredColumnInfo> Columns => columns.Infos;

    public bool Has(string column) => columns.Has(column);

    public ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => columns.ReadAsync(index, column, cancellationToken);

    public async ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken) =>
        await ReadAsync(column, cancellationToken) is { } read ? PickedColumn.Of(read, rows) : null;

    public ValueTask<PooledColumn?> ReadTextAsync(string column, CancellationToken cancellationToken) => columns.ReadTextAsync(index, column, cancellationToken);

    public ValueTask<PersonColumn> ReadPersonsAsync(PersonResolver persons, CancellationToken cancellationToken) => columns.ReadPersonsAsync(this, index, persons, cancellationToken);
}
