namespace Cairn.Storage.Compaction;

/// <summary>Chooses the recent files of the next append: from each partition's watermark on, in order, none left out, up to a limit.</summary>
static class AppendPlanner
{
    /// <summary>Plans the next append.</summary>
    /// <param name="files">A listing without holes, in any order.</param>
    /// <param name="watermarkOf">Up to where the table holds a partition, by app id; null where it holds nothing of it.</param>
    /// <param name="maxBytes">Stored bytes; a single larger file is taken alone.</param>
    /// <returns>A plan without sources where the table holds everything.</returns>
    /// <remarks>
    /// A file holds every row of the messages between its borders, so a plan cuts between messages. Files overlap after a redelivery; taken by their first message, then
    /// their last, what a file shares with those before it is a beginning of it, and no file left for later holds a row that lies below the new watermark.
    /// Partitions take turns, so that none waits for another's backlog.
    /// </remarks>
    public static AppendPlan Plan(IEnumerable<ListedRecentFile> files, Func<string, long?> watermarkOf, long maxBytes, int maxFiles)
    {
        var partitions = files
            .GroupBy(file => file.AppId, StringComparer.Ordinal)
            .OrderBy(partition => partition.Key, StringComparer.Ordinal)
            .Select(partition => new Queue<AppendSource>(SourcesOf(partition, watermarkOf(partition.Key) ?? long.MinValue)))
            .Where(partition => partition.Count > 0)
            .ToList();
        var sources = new List<AppendSource>();
        var bytes = 0L;
        while (partitions.Count > 0 && sources.Count < maxFiles)
        {
            foreach (var partition in partitions)
            {
                if (sources.Count > 0 && (bytes + partition.Peek().File.Blob.Length > maxBytes || sources.Count == maxFiles)) return new(sources, HasMore: true);
                bytes += partition.Peek().File.Blob.Length;
                sources.Add(partition.Dequeue());
            }
            partitions.RemoveAll(partition => partition.Count == 0);
        }
        return new(sources, partitions.Count > 0);
    }

    /// <summary>A partition's files that bring rows past the watermark, each with the message after which they count.</summary>
    static IEnumerable<AppendSource> SourcesOf(IEnumerable<ListedRecentFile> files, long watermark)
    {
        foreach (var file in files.OrderBy(file => file.Name.FirstSeq).ThenBy(file => file.Name.LastSeq).ThenBy(file => file.Blob.Name, StringComparer.Ordinal))
        {
            if (file.Name.LastSeq <= watermark) continue;
            yield return new(file, watermark);
            watermark = file.Name.LastSeq;
        }
    }
}
