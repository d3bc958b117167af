using Cairn.Model.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Profiles;

/// <summary>All updates of some ids as they are stored, duplicates left out: what look-up rows are made anew from.</summary>
public interface IUpdateSource
{
    /// <param name="kind"><see cref="RowLayout.ProfileUpdates"/> or <see cref="RowLayout.GroupUpdates"/>.</param>
    /// <returns>By id, in no order; an id without an update is absent.</returns>
    Task<IReadOnlyDictionary<string, IReadOnlyList<ProfileUpdate>>> ReadAsync(
        string projectId, string kind, IReadOnlySet<string> ids, CancellationToken cancellationToken);
}

/// <summary>Reads them from the recent files, all of them: for the rare update that comes late.</summary>
public sealed class StoredUpdates(IRowSnapshots recent) : IUpdateSource
{
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ProfileUpdate>>> ReadAsync(
        string projectId, string kind, IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, List<ProfileUpdate>>(StringComparer.Ordinal);
        var rows = new FollowedRows();
        await rows.FollowAsync(recent, projectId, kind, async (change, cancellation) =>
        {
            foreach (var (id, update) in await UpdateRows.ReadAsync(change.File, change.Added, cancellation))
            {
                if (!ids.Contains(id)) continue;
                if (!found.TryGetValue(id, out var list)) found[id] = list = [];
                list.Add(update);
            }
        }, cancellationToken);
        return found.ToDictionary(entry => entry.Key, IReadOnlyList<ProfileUpdate> (entry) => entry.Value, StringComparer.Ordinal);
    }
}
