using System.Collections.Concurrent;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.History;

/// <summary>The profile updates of one person and those around them, read from the few row groups that may hold them.</summary>
public static class PersonUpdates
{
    /// <summary>Profiles over a map of persons, by the updates of some slices alone.</summary>
    /// <param name="persons">Holds all that matters for the persons that will be asked for.</param>
    /// <param name="slices">Those that <paramref name="possible"/> gave, of <c>profile_updates</c>.</param>
    public static async Task<IProfileMap> ReadAsync(PersonMap persons, PossiblePersons possible, IEnumerable<RowSlice> slices, CancellationToken cancellationToken)
    {
        var updates = new Dictionary<string, List<ProfileUpdate>>(StringComparer.Ordinal);
        foreach (var slice in slices)
        {
            var rows = await slice.RowsOfAsync(possible, cancellationToken);
            if (rows.Count == 0) continue;
            var picked = await slice.PickAsync(rows, IsRead, cancellationToken);
            foreach (var (id, update) in await UpdateRows.ReadAsync(picked, [.. Enumerable.Range(0, rows.Count)], cancellationToken))
            {
                if (!updates.TryGetValue(id, out var list)) updates.Add(id, list = []);
                list.Add(update);
            }
        }
        return new ProfileMap(persons, new(updates.Select(entry => KeyValuePair.Create(entry.Key, ProfileHistory.Of(entry.Value))), StringComparer.Ordinal));
    }

    /// <summary>What is folded, and by whom: not the columns that tell how an update came.</summary>
    static bool IsRead(string column) => column is RowLayout.ReceivedAt or RowLayout.ItemId or RowLayout.DialectName or RowLayout.DistinctId or RowLayout.DeviceId or RowLayout.UserId or RowLayout.Operations;

    /// <summary>The ids under which updates of a person may stand: one that names a device without its prefix stands under that.</summary>
    public static PossiblePersons Under(IEnumerable<string> ids) => PossiblePersons.Of(ids.SelectMany(id => AnonymousId.IsDevice(id) ? [id, id[AnonymousId.DevicePrefix.Length..]] : new[] { id }));

    /// <summary>Whose an update is, by all that is known.</summary>
    /// <param name="ids">As its row says.</param>
    public static string PersonOf(PersonMap persons, in SeenIds ids)
    {
        var key = persons.ProfileKeyOf(UpdateRows.IdOf(ids.DistinctId ?? "", ids.DeviceId ?? "", ids.UserId ?? ""));
        var followsDevice = ids.Dialect == Dialect.Amplitude && string.IsNullOrEmpty(ids.UserId);
        return persons.PersonOf(followsDevice ? persons.OwnerOf(key, ids.Receipt, ReceiptOrder.Last) : key);
    }
}
