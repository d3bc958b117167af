using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>A part as somebody reads it: with another way to read its columns, and else as it is.</summary>
abstract class PartView(IEventPart part) : IEventPart
{
    protected IEventPart Part => part;

    public string Key => part.Key;

    public virtual int RowCount => part.RowCount;

    public (long FirstMs, long LastMs) Times => part.Times;

    public bool IsSortedByPerson => part.IsSortedByPerson;

    public long FirstReceivedAtMs => part.FirstReceivedAtMs;

    public long LastReceivedAtMs => part.LastReceivedAtMs;

    public IReadOnlyList<StoredColumnInfo> Columns => part.Columns;

    public bool Has(string column) => part.Has(column);

    public abstract ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken);

    public abstract ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken);
}
