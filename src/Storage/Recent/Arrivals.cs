using System.Runtime.CompilerServices;
using Cairn.Storage.Compaction;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>Arrivals as recent files tell them, which stay some minutes after the lake has taken their rows.</summary>
public sealed class Arrivals(IBlobStore blobs, LakeTables tables) : IArrivals
{
    /// <summary>Footers and columns of the files that are looked at, each once.</summary>
    const long CacheBytes = 1L << 20;

    public async ValueTask<IReadOnlyDictionary<string, long>> PassedAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        var passed = new Dictionary<string, long>(StringComparer.Ordinal);
        if (await tables[projectId, kind].ReadAsync(cancellationToken) is not { } version) return passed;
        foreach (var (appId, place) in version.Places)
        {
            // A stream's name may hold dashes, a partition's number none.
            var dash = appId.LastIndexOf('-');
            passed[$"{appId[..dash]}/{appId[(dash + 1)..]}"] = place.Version;
        }
        return passed;
    }

    public async IAsyncEnumerable<(RecentFileName Name, RowFile Rows)> ListAsync(
        string projectId, string kind, Func<RecentFileName, bool> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = new StoredRowFiles(blobs, new(CacheBytes));
        // Without a hole: whoever notes the last of these as seen has seen all before it.
        foreach (var listed in await RecentListing.ReadAsync(blobs, projectId, kind, cancellationToken))
        {
            if (!isWanted(listed.Name)) continue;
            var facts = await files.OpenAsync(listed.Blob, cancellationToken);
            yield return (listed.Name, new(facts, RowSet.All(facts.RowCount)));
        }
    }
}
