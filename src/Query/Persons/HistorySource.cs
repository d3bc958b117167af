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
    /// <summary>Up to so many rows of a slice are picked out whole at once; of more, what tells whose they are comes first, and the rest as it is asked for.</summary>
    const int MaxPicked = 4_096;

    static readonly HashSet<string> Telling = [RowLayout.Time, RowLayout.ReceivedAt, RowLayout.ItemId, RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId];

    public IReadOnlyList<RowSlice> Slices => slices;

    /// <summary>A person's rows of a slice, ascending by row.</summary>
    /// <param name="isWanted">Columns that will be asked for.</param>
    public async Task<FoundRows> FindAsync(RowSlice slice, string person, Func<string, bool> isWanted, ReadCount count, CancellationToken cancellationToken)
    {
        var rows = await slice.RowsOfAsync(possible, cancellationToken);
        if (rows.Count == 0) return new(slice, null, []);
        var isPicked = rows.Count <= MaxPicked;
        var picked = await slice.PickAsync(rows, column => Telling.Contains(column) || (isPicked && isWanted(column)), cancellationToken);
        var (times, orders, ids) = (await picked.ReadInt64Async(RowLayout.Time, cancellationToken), await RowOrders.ReadAsync(picked, cancellationToken), await SeenTexts.ReadAsync(picked, cancellationToken));
        if (times is null) throw new InvalidDataException($"{picked.Name} has no {RowLayout.Time}");
        var (found, known) = (new List<(HistoryPlace, int)>(), new Dictionary<(int, int, int, int), bool?>());
        for (var i = 0; i < rows.Count; i++)
        {
            if (!known.TryGetValue(ids.KeyOf(i), out var isTheirs))
                known.Add(ids.KeyOf(i), isTheirs = ids.At(i, orders[i]) is var seen && dependsOnReceipt(seen) ? null : personOf(seen) == person);
            if (isTheirs ?? personOf(ids.At(i, orders[i])) == person) found.Add((new(times.Values[i], orders[i]), isPicked ? i : rows[i]));
        }
        foreach (var column in picked.Facts.Schema) count.Add((await picked.ReadAsync(column.Name, cancellationToken))?.MemoryBytes ?? 0);
        return new(slice, isPicked ? picked : null, found);
    }
}

/// <summary>A person's rows of one slice.</summary>
/// <param name="Picked">Rows of the slice that may be theirs, with the columns asked for; null where these are too many to hold.</param>
/// <param name="Rows">Where each stands, and its number in <paramref name="Picked"/>, or else in the slice.</param>
sealed record FoundRows(RowSlice Slice, RowFile? Picked, IReadOnlyList<(HistoryPlace Place, int Row)> Rows);
