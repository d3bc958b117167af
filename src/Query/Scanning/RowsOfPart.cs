using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Some rows of a part as a part of their own: of each column only theirs are read and stay in memory.</summary>
/// <param name="rows">Their numbers in the part, ascending.</param>
sealed class RowsOfPart(IEventPart part, int[] rows) : PartView(part)
{
    public override int RowCount => rows.Length;

    public override ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => Part.ReadRowsAsync(column, rows, cancellationToken);

    public override ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] among, CancellationToken cancellationToken) =>
        Part.ReadRowsAsync(column, Array.ConvertAll(among, row => rows[row]), cancellationToken);
}
