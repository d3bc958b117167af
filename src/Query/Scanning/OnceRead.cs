using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>A part as it is read by who lays its rows out anew: its own columns are not kept beside what becomes of them.</summary>
sealed class OnceRead(IEventPart part) : PartView(part)
{
    public override ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => Part.ReadOnceAsync(column, cancellationToken);

    public override ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken) => Part.ReadRowsAsync(column, rows, cancellationToken);
}
