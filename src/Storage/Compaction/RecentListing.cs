using Cairn.Storage.Recent;

namespace Cairn.Storage.Compaction;

/// <summary>Lists recent files so that none is missing below the last one listed.</summary>
static class RecentListing
{
    /// <summary>The files of a project and kind, ordinal by name, without a hole.</summary>
    /// <remarks>
    /// A partition's files are written in the order of the stream, but a listing takes time: it may pass a place before a file comes there and then show the file
    /// that came after it. A watermark moved to that one would leave rows behind for good. So it lists twice: whatever the first listing shows, all that lies before it was
    /// there when the second began.
    /// </remarks>
    public static async Task<IReadOnlyList<ListedRecentFile>> ReadAsync(IBlobStore blobs, string projectId, string kind, CancellationToken cancellationToken) =>
        (await ReadAsync(blobs, projectId, kind, _ => null, int.MaxValue, cancellationToken)).Files;

    /// <summary>The same, and of each partition's waiting files only the first: a backlog of any length takes no memory but theirs.</summary>
    /// <param name="placeOf">Up to where the table holds a partition, by app id; files with more wait.</param>
    /// <param name="maxWaiting">Waiting files of a partition that are listed; names begin with the place, so those left out come after them.</param>
    public static async Task<RecentFiles> ReadAsync(
        IBlobStore blobs, string projectId, string kind, Func<string, long?> placeOf, int maxWaiting, CancellationToken cancellationToken)
    {
        var prefix = $"{RecentLayout.Folder}{projectId}/{kind}/";
        var upTo = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var file in ListAsync(blobs, prefix, cancellationToken))
            upTo[file.AppId] = Math.Max(file.Name.LastSeq, upTo.GetValueOrDefault(file.AppId, long.MinValue));
        var (files, waiting, moreFiles, moreBytes) = (new List<ListedRecentFile>(), new Dictionary<string, int>(StringComparer.Ordinal), 0, 0L);
        if (upTo.Count == 0) return new(files, 0, 0);
        await foreach (var file in ListAsync(blobs, prefix, cancellationToken))
        {
            if (!upTo.TryGetValue(file.AppId, out var last) || file.Name.LastSeq > last) continue;
            if (!(placeOf(file.AppId) >= file.Name.LastSeq) && (waiting[file.AppId] = waiting.GetValueOrDefault(file.AppId) + 1) > maxWaiting)
                (moreFiles, moreBytes) = (moreFiles + 1, moreBytes + file.Blob.Length);
            else files.Add(file);
        }
        return new(files, moreFiles, moreBytes);
    }

    static async IAsyncEnumerable<ListedRecentFile> ListAsync(
        IBlobStore blobs, string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in blobs.ListAsync(prefix, after: null, cancellationToken))
        {
            if (!RecentFileName.TryParse(entry.Name, out var name)) throw new InvalidDataException($"{entry.Name} is no name of a recent file");
            yield return new(name, entry);
        }
    }
}

/// <summary>Recent files as compaction takes them.</summary>
/// <param name="Files">Those listed.</param>
/// <param name="MoreFiles">How many wait behind them.</param>
/// <param name="MoreBytes">And how much is stored in those.</param>
readonly record struct RecentFiles(IReadOnlyList<ListedRecentFile> Files, int MoreFiles, long MoreBytes);
