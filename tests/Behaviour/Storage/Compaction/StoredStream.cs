using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>A stream's partitions with their messages, and the recent files that batches of them become.</summary>
/// <param name="firstSeq">Of each partition's first message.</param>
sealed class StoredStream(IBlobStore blobs, string projectId, int partitions, int firstSeq = 0)
{
    readonly List<List<Item[]>> messages = [.. Enumerable.Range(0, partitions).Select(_ => new List<Item[]>())];

    /// <summary>Messages of a partition so far.</summary>
    public int Count(int partition) => messages[partition].Count;

    /// <summary>Items arrive, some to a message, and the consumer stores them as one batch.</summary>
    /// <param name="perMessage">Items of each message.</param>
    public async Task ArriveAsync(int partition, IEnumerable<Item> items, int perMessage)
    {
        var first = Count(partition);
        messages[partition].AddRange(items.Chunk(perMessage));
        if (Count(partition) > first) await StoreAsync(partition, first, Count(partition) - 1);
    }

    /// <summary>The consumer stores messages, for the first time or again.</summary>
    public async Task StoreAsync(int partition, int first, int last)
    {
        foreach (var kind in Enum.GetValues<ItemKind>().Where(kind => kind != 0))
        {
            var rows = new RecentRowsBuilder(kind);
            for (var seq = first; seq <= last; seq++)
                for (var index = 0; index < messages[partition][seq].Length; index++)
                    if (messages[partition][seq][index].Kind == kind) rows.Add(messages[partition][seq][index], firstSeq + seq, index);
            if (rows.RowCount > 0) await RecentWriter.WriteAsync(blobs, new(projectId, TableOf(kind), "hub", partition, firstSeq + first, firstSeq + last), rows, default);
        }
    }

    public static string TableOf(ItemKind kind) => kind switch
    {
        ItemKind.Event => RowLayout.Events,
        ItemKind.ProfileUpdate => RowLayout.ProfileUpdates,
        ItemKind.LinkClaim => RowLayout.Identities,
        ItemKind.GroupUpdate => RowLayout.GroupUpdates,
    };
}
