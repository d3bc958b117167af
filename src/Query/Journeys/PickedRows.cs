using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>Some rows of a part as a part of their own: of each column only theirs are read and stay in memory.</summary>
/// <param name="rows">Their numbers in the part, ascending.</param>
sealed class PickedRows(IEventPart part, int[] rows) : IEventPart
{
    public string Key => part.Key;

    public int RowCount => rows.Length;

    public (long FirstMs, long LastMs) Times => part.Times;

    public bool IsSortedByPerson => part.IsSortedByPerson;

    public long FirstReceivedAtMs => part.FirstReceivedAtMs;

    public long LastReceivedAtMs => part.LastReceivedAtMs;

    public IReadOnlyList<StoredColumnInfo> Columns => part.Columns;

    public bool Has(string column) => part.Has(column);

    public ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => part.ReadRowsAsync(column, rows, cancellationToken);

    public ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] among, CancellationToken cancellationToken) =>
        part.ReadRowsAsync(column, Array.ConvertAll(among, row => rows[row]), cancellationToken);
}
