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

/// <summary>Reads them from all files of rows: for the rare update that comes late.</summary>
public sealed class StoredUpdates(IRowSnapshots rows) : IUpdateSource
{
    /// <summary>Times a snapshot is opened anew because one of its files went away meanwhile.</summary>
    const int MaxAttempts = 5;

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ProfileUpdate>>> ReadAsync(
        string projectId, string kind, IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(await rows.OpenAsync(projectId, kind, cancellationToken), ids, cancellationToken);
            }
            catch (RowFileGoneException) when (attempt < MaxAttempts)
            {
                // Compaction took it away; a snapshot opened now does without it.
            }
            catch (RowFileGoneException fault)
            {
                throw new StorageUnavailableException($"files of {projectId}/{kind} go away faster than they can be read", fault);
            }
        }
    }

    static async Task<IReadOnlyDictionary<string, IReadOnlyList<ProfileUpdate>>> ReadAsync(RowSnapshot snapshot, IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, List<ProfileUpdate>>(StringComparer.Ordinal);
        foreach (var file in snapshot.Files)
        {
            var live = Enumerable.Range(0, file.RowCount).Where(row => file.Live[row]).ToList();
            foreach (var (id, update) in await UpdateRows.ReadAsync(file, live, cancellationToken))
            {
                if (!ids.Contains(id)) continue;
                if (!found.TryGetValue(id, out var list)) found[id] = list = [];
                list.Add(update);
            }
        }
        return found.ToDictionary(entry => entry.Key, IReadOnlyList<ProfileUpdate> (entry) => entry.Value, StringComparer.Ordinal);
    }
}
