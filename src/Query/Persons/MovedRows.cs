using Cairn.Model.Identity;
using Cairn.Query.Scanning;
using Cairn.Storage.History;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>Finds the events that are another person's than they were under an older map, by reading the few row groups that may hold them.</summary>
public sealed class MovedRows(IEventSource events)
{
    static readonly HashSet<string> Telling = [RowLayout.Time, RowLayout.ReceivedAt, RowLayout.ItemId, RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId];

    /// <summary>Their times before a moment, Unix milliseconds, in no order.</summary>
    /// <param name="older">Who was who.</param>
    /// <param name="newer">Who is who.</param>
    /// <param name="ids">Every id under which a row of those who moved may stand: theirs, and those of whom they are now.</param>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    public Task<IReadOnlyList<long>> FindTimesAsync(string projectId, PersonMap older, PersonMap newer, IEnumerable<string> ids, long beforeMs, CancellationToken cancellationToken)
    {
        var possible = PossiblePersons.Of(ids);
        return ReportReader.AgainWhereGoneAsync<IReadOnlyList<long>>(async () =>
        {
            var times = new List<long>();
            foreach (var file in (await events.OpenFilesAsync(projectId, cancellationToken)).Files)
                foreach (var slice in await RowSlice.OfAsync(file, possible, cancellationToken))
                    if (slice.Times.FirstMs < beforeMs) await AddAsync(slice, possible, older, newer, beforeMs, times, cancellationToken);
            return times;
        });
    }

    static async Task AddAsync(RowSlice slice, PossiblePersons possible, PersonMap older, PersonMap newer, long beforeMs, List<long> times, CancellationToken cancellationToken)
    {
        var rows = await slice.RowsOfAsync(possible, cancellationToken);
        if (rows.Count == 0) return;
        var picked = await slice.PickAsync(rows, Telling.Contains, cancellationToken);
        var (known, orders, ids) = (await picked.ReadInt64Async(RowLayout.Time, cancellationToken), await RowOrders.ReadAsync(picked, cancellationToken), await SeenTexts.ReadAsync(picked, cancellationToken));
        if (known is null) throw new InvalidDataException($"{picked.Name} has no {RowLayout.Time}");
        for (var row = 0; row < rows.Count; row++)
        {
            if (known.Values[row] >= beforeMs) continue;
            var seen = ids.At(row, orders[row]);
            if (older.PersonOf(seen) != newer.PersonOf(seen)) times.Add(known.Values[row]);
        }
    }
}
