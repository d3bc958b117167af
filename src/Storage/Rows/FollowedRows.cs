using Cairn.Storage.Recent;

namespace Cairn.Storage.Rows;

/// <summary>
/// Which rows of one project and kind a reader that keeps what it read has taken in, and what has changed since: new files, and
/// rows that turned out to be duplicates of rows in a file that came later.
/// </summary>
/// <remarks>A file that is gone is forgotten here, not by who read it: its rows live on in the lake. Not thread-safe.</remarks>
public sealed class FollowedRows
{
    /// <summary>Times a snapshot is opened anew because one of its files went away meanwhile.</summary>
    const int MaxAttempts = 5;

    readonly Dictionary<string, RowSet> taken = new(StringComparer.Ordinal);

    /// <summary>Brings every change since the last call to <paramref name="takeIn"/>, file by file.</summary>
    /// <param name="takeIn">Reads all columns it needs before it keeps anything: a file that goes away meanwhile is left out, and asked for anew.</param>
    public async Task FollowAsync(
        IRowSnapshots recent, string projectId, string kind, Func<RowChange, CancellationToken, ValueTask> takeIn, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var snapshot = await recent.OpenAsync(projectId, kind, cancellationToken);
            try
            {
                var changed = snapshot.Files.Where(HasChanged).ToList();
                // First what goes, then what comes: a row may have moved, to count in another file that brought it too.
                foreach (var file in changed)
                {
                    if (!taken.TryGetValue(file.Name, out var known) || Rows(known, file.Live) is not { Count: > 0 } gone) continue;
                    await takeIn(new(file, [], gone), cancellationToken);
                    taken[file.Name] = known.Without(gone);
                }
                foreach (var file in changed)
                {
                    await takeIn(new(file, Rows(file.Live, taken.GetValueOrDefault(file.Name)), []), cancellationToken);
                    taken[file.Name] = file.Live;
                }
                Forget(snapshot);
                return;
            }
            catch (RowFileGoneException)
            {
                // Compaction took it away; a snapshot opened now does without it.
            }
        }
        throw new StorageUnavailableException($"files of {projectId}/{kind} go away faster than they can be read");
    }

    bool HasChanged(RowFile file)
    {
        var known = taken.GetValueOrDefault(file.Name);
        return !ReferenceEquals(known, file.Live) && known?.Words.SequenceEqual(file.Live.Words) != true;
    }

    void Forget(RowSnapshot snapshot)
    {
        if (taken.Count == snapshot.Files.Count) return;
        var there = snapshot.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in taken.Keys.Where(name => !there.Contains(name)).ToList()) taken.Remove(name);
    }

    /// <summary>The rows of <paramref name="set"/> that are not in <paramref name="without"/>.</summary>
    static List<int> Rows(RowSet set, RowSet? without)
    {
        var rows = new List<int>();
        for (var row = 0; row < set.RowCount; row++)
            if (set[row] && without?[row] != true) rows.Add(row);
        return rows;
    }
}

/// <summary>Rows of one file that a reader has to take in, and rows that count no more.</summary>
public sealed record RowChange(RowFile File, IReadOnlyList<int> Added, IReadOnlyList<int> Gone);
