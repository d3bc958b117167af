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
    public static async Task<IReadOnlyList<ListedRecentFile>> ReadAsync(IBlobStore blobs, string projectId, string kind, CancellationToken cancellationToken)
    {
        var prefix = $"{RecentLayout.Folder}{projectId}/{kind}/";
        var upTo = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var file in ListAsync(blobs, prefix, cancellationToken))
            upTo[file.AppId] = Math.Max(file.Name.LastSeq, upTo.GetValueOrDefault(file.AppId, long.MinValue));
        if (upTo.Count == 0) return [];
        var files = new List<ListedRecentFile>();
        await foreach (var file in ListAsync(blobs, prefix, cancellationToken))
            if (upTo.TryGetValue(file.AppId, out var last) && file.Name.LastSeq <= last) files.Add(file);
        return files;
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
