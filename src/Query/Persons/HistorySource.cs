using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Scanning;
using Cairn.Storage.History;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>Rows of one kind in which some are a person's: finds these, and where each stands in the history.</summary>
/// <param name="slices">Where they may stand.</param>
/// <param name="possible">Under whom.</param>
/// <param name="personOf">Whose a row is by the ids that it carries.</param>
/// <param name="dependsOnReceipt">Whether that differs from row to row of the same ids.</param>
sealed class HistorySource(IReadOnlyList<RowSlice> slices, PossiblePersons possible, Func<SeenIds, string> personOf, Func<SeenIds, bool> dependsOnReceipt)
{
    static readonly string[] Columns = [RowLayout.Time, RowLayout.ReceivedAt, RowLayout.ItemId, RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId];

    public IReadOnlyList<RowSlice> Slices => slices;

    /// <summary>A person's rows of a slice, ascending by row.</summary>
    public async ValueTask<List<(HistoryPlace Place, int Row)>> FindAsync(RowSlice slice, string person, ReadCount count, CancellationToken cancellationToken)
    {
        var found = new List<(HistoryPlace, int)>();
        var rows = await slice.RowsOfAsync(possible, cancellationToken);
        if (rows.Count == 0) return found;
        var read = await slice.ReadAsync(Columns, cancellationToken);
        foreach (var column in read) count.Add(column?.MemoryBytes ?? 0);
        if (read[0] is not Int64Column times || read[1] is not Int64Column receipts || read[2] is not TextColumn items) throw new InvalidDataException($"rows lack {Columns[0]}, {Columns[1]} or {Columns[2]}, which every row has");
        var ids = new SeenTexts((TextColumn?)read[3], (TextColumn?)read[4], (TextColumn?)read[5], (TextColumn?)read[6]);
        var known = new Dictionary<(int, int, int, int), bool?>();
        foreach (var row in rows)
        {
            var receipt = ItemId.TryParse(items.Utf8(row), out var item) ? new ReceiptOrder(receipts.Values[row], item) : ReceiptOrder.EndOf(receipts.Values[row]);
            if (!known.TryGetValue(ids.KeyOf(row), out var isTheirs))
                known.Add(ids.KeyOf(row), isTheirs = ids.At(row, receipt) is var seen && dependsOnReceipt(seen) ? null : personOf(seen) == person);
            if (isTheirs ?? personOf(ids.At(row, receipt)) == person) found.Add((new(times.Values[row], receipt), row));
        }
        return found;
    }

    /// <summary>What rows say of who they are from.</summary>
    sealed class SeenTexts(TextColumn? dialects, TextColumn? distinctIds, TextColumn? deviceIds, TextColumn? userIds)
    {
        public (int, int, int, int) KeyOf(int row) => (CodeOf(dialects, row), CodeOf(distinctIds, row), CodeOf(deviceIds, row), CodeOf(userIds, row));

        public SeenIds At(int row, ReceiptOrder receipt) => new(DialectAt(row), TextAt(distinctIds, row), TextAt(deviceIds, row), TextAt(userIds, row), receipt);

        Dialect DialectAt(int row) => TextAt(dialects, row) switch { "amplitude" => Dialect.Amplitude, "segment" => Dialect.Segment, _ => Dialect.Mixpanel };

        static int CodeOf(TextColumn? column, int row) => column?.Codes[row] ?? TextColumn.Null;

        static string? TextAt(TextColumn? column, int row) => CodeOf(column, row) is >= 0 and var code ? column!.Dictionary.Text(code) : null;
    }
}
