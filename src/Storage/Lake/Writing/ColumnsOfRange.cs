using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Writes every column of a range's rows, wherever its values come from.</summary>
sealed class ColumnsOfRange(LakeSchema schema, RowRange range, GroupWriter writer)
{
    /// <returns>The rows' receipts by row number.</returns>
    public async ValueTask<long[]> WriteAsync(IReadOnlyList<DeltaColumn> columns, CancellationToken cancellationToken)
    {
        var rowNames = schema.ByRowName.ToDictionary(entry => entry.Value, entry => entry.Key);
        var rest = await RestRows.ReadAsync(range, schema, cancellationToken);
        var slots = new SlotColumns(range, rest, writer);
        var receipts = new long[range.Count];
        for (var column = 0; column < columns.Count; column++)
        {
            if (!rowNames.TryGetValue(columns[column], out var rowName)) continue;
            if (rowName == LakeSchema.Person) slots.Write(column, range.SubjectTexts, range.SubjectCodes);
            else if (range.Texts.TryGetValue(rowName, out var texts)) slots.Write(column, texts);
            else if (rowName == RowLayout.Rest) WriteRest(slots, column, rest);
            else if (rowName == RowLayout.Time) slots.Write(column, range.Times);
            else if (rowName == RowLayout.SentTime) slots.Write(column, StoredSentTimes());
            else await slots.GatherAsync(column, rowName, columns[column].Type, cancellationToken);
            if (rowName == RowLayout.ReceivedAt)
                for (var slot = 0; slot < receipts.Length; slot++) receipts[range.Order[slot]] = slots.Longs[slot];
        }
        return receipts;
    }

    static void WriteRest(SlotColumns slots, int column, RestRows? rest)
    {
        if (rest?.Objects() is { IsEmpty: false } objects) slots.Write(column, objects);
    }

    long[] StoredSentTimes()
    {
        var stored = new long[range.Count];
        for (var row = 0; row < stored.Length; row++) stored[row] = SentTimes.Written(range.SentTimes[row], range.Times[row]);
        return stored;
    }
}
