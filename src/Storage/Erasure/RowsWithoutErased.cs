using System.Collections.Concurrent;
using Cairn.Storage.History;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Erasure;

/// <summary>Rows without those of persons who are being erased: what every answer is made from, from the request on.</summary>
/// <remarks>
/// While an erasure is under way its rows still stand in files, and count no more here. Once it has ended nothing is looked for. Which rows of a file are meant is
/// found once, for files never change. Thread-safe.
/// </remarks>
/// <param name="all">All rows.</param>
public sealed class RowsWithoutErased(IRowSnapshots all, ErasureStore erasures) : IRowSnapshots
{
    /// <summary>Times a snapshot is opened anew because one of its files went away meanwhile.</summary>
    const int MaxAttempts = 5;

    readonly ConcurrentDictionary<(string ProjectId, string Kind), Masked> masked = [];

    public async ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            // The erased first: rows that go in between are gone from the snapshot, or masked in it.
            var erased = await erasures.ReadAsync(projectId, cancellationToken);
            var snapshot = await all.OpenAsync(projectId, kind, cancellationToken);
            try
            {
                return await WithoutAsync(snapshot, erased, cancellationToken);
            }
            catch (RowFileGoneException) when (attempt < MaxAttempts)
            {
                // Compaction or the erasure itself took it away; a snapshot opened now does without it.
            }
            catch (RowFileGoneException fault)
            {
                throw new StorageUnavailableException($"files of {projectId}/{kind} go away faster than they can be read", fault);
            }
        }
    }

    async ValueTask<RowSnapshot> WithoutAsync(RowSnapshot snapshot, ErasedItems erased, CancellationToken cancellationToken)
    {
        var place = (snapshot.ProjectId, snapshot.Kind);
        if (erased.IsNone) return snapshot;
        if (masked.TryGetValue(place, out var last) && ReferenceEquals(last.Of, snapshot) && ReferenceEquals(last.Erased, erased)) return last.Snapshot;
        if (erased.Searches.Count == 0) return Keep(place, new(snapshot, erased, Same(snapshot, snapshot.Files, erased), []));
        // Keys that came change what is a copy: then every file is looked at again.
        var known = ReferenceEquals(last?.Erased, erased) ? last.Files : [];
        var under = PossiblePersons.OfAll(erased.Searches.Values.SelectMany(ids => ids));
        var files = new Dictionary<string, (RowFile Of, RowFile File)>(StringComparer.Ordinal);
        foreach (var file in snapshot.Files)
        {
            if (known.TryGetValue(file.Name, out var before) && ReferenceEquals(before.Of.Live, file.Live))
            {
                files[file.Name] = before;
                continue;
            }
            var gone = await ErasedRows.FindAsync(erased, snapshot.Kind, file, under, null, cancellationToken);
            files[file.Name] = (file, gone.Count == 0 ? file : file with { Live = file.Live.Without(gone) });
        }
        return Keep(place, new(snapshot, erased, Same(snapshot, [.. snapshot.Files.Select(file => files[file.Name].File)], erased), files));
    }

    RowSnapshot Keep((string, string) place, Masked made) => (masked[place] = made).Snapshot;

    static RowSnapshot Same(RowSnapshot snapshot, IReadOnlyList<RowFile> files, ErasedItems erased) => new(snapshot.ProjectId, snapshot.Kind, files) { ErasureRequests = erased.Requests };

    sealed record Masked(RowSnapshot Of, ErasedItems Erased, RowSnapshot Snapshot, Dictionary<string, (RowFile Of, RowFile File)> Files);
}
