using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>A part as it is read by who lays its rows out anew: its own columns are not kept beside what becomes of them.</summary>
sealed class OnceRead(IEventPart part) : IEventPart
{
    public string Key => part.Key;

    public int RowCount => part.RowCount;

    public (long FirstMs, long LastMs) Times => part.Times;

    public bool IsSortedByPerson => part.IsSortedByPerson;

    public long FirstReceivedAtMs => part.FirstReceivedAtMs;

    public long LastReceivedAtMs => part.LastReceivedAtMs;

    public IReadOnlyList<StoredColumnInfo> Columns => part.Columns;

    public bool Has(string column) => part.Has(column);

    public ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => part.ReadOnceAsync(column, cancellationToken);

    public ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken) => part.ReadRowsAsync(column, rows, cancellationToken);
}
