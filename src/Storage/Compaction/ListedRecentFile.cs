using Cairn.Storage.Lake;
using Cairn.Storage.Recent;

namespace Cairn.Storage.Compaction;

/// <summary>A recent file as a listing shows it: nothing of it was read.</summary>
public readonly record struct ListedRecentFile(RecentFileName Name, BlobEntry Blob)
{
    /// <summary>Its stream's partition, as a table's log names it.</summary>
    public string AppId => LakeLayout.AppIdOf(Name.StreamId, Name.Partition);
}
