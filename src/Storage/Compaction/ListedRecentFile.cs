using System.Globalization;
using Cairn.Storage.Recent;

namespace Cairn.Storage.Compaction;

/// <summary>A recent file as a listing shows it: nothing of it was read.</summary>
public readonly record struct ListedRecentFile(RecentFileName Name, BlobEntry Blob)
{
    /// <summary>Its stream's partition, as a table's log names it.</summary>
    public string AppId => AppIdOf(Name.StreamId, Name.Partition);

    /// <summary>What a table's log calls a stream's partition.</summary>
    public static string AppIdOf(string streamId, int partition) => string.Create(CultureInfo.InvariantCulture, $"{streamId}-{partition}");
}
