using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Erasure;
using Cairn.Storage.Lookup;

namespace Cairn.Storage.Identity;

/// <summary>Look-up copies of claims, one row for each id that a claim names: a person is found without reading files.</summary>
/// <remarks>Bringing the same claims again changes nothing: a claim is itself, wherever it came by. Layout: docs/formats/tables.md.</remarks>
/// <param name="erasures">Tells when claims said before may be gone; null: never.</param>
public sealed class IdentityStore(ITableStore tables, IBlobStore blobs, ErasureStore? erasures = null)
{
    /// <summary>Rows read for one person; a person with more is found by reading the files.</summary>
    const int MaxRowsPerPerson = 200;

    readonly LookupTable table = new(tables, blobs, "identities");
    readonly KnownClaims known = new();

    /// <summary>Adds claims to the rows of the ids they name.</summary>
    /// <exception cref="StorageUnavailableException">Some may be added: bring all again.</exception>
    public async Task ApplyAsync(string projectId, IEnumerable<LinkClaim> claims, CancellationToken cancellationToken)
    {
        // Claims written before a request for erasure may be erased by now.
        var requests = erasures is not null && (await erasures.ReadRecentAsync(cancellationToken)).TryGetValue(projectId, out var erased) ? erased.Requests : 0;
        var remembered = requests == 0 ? projectId : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{projectId}/{requests}");
        var news = claims.Where(claim => !known.Contains(remembered, claim)).ToList();
        if (news.Count == 0) return;
        var byId = new Dictionary<string, List<LinkClaim>>(StringComparer.Ordinal);
        foreach (var claim in news)
        {
            // Segment's previousId may be a device's: the claim must be found from there as well.
            string[] named = claim.Rule == LinkRule.SegmentAlias ? [claim.Id, claim.OtherId, AnonymousId.DevicePrefix + claim.OtherId] : [claim.Id, claim.OtherId];
            foreach (var id in named)
            {
                if (id.Length == 0) continue;
                if (!byId.TryGetValue(id, out var list)) byId[id] = list = [];
                list.Add(claim);
            }
        }
        await table.ChangeAsync(projectId, byId.Keys, (found, _) =>
        {
            var row = ClaimRow.Read(found.Content);
            foreach (var claim in byId[found.Id]) row.Add(claim);
            return new(row.HasChanged ? row.Write() : null);
        }, cancellationToken);
        foreach (var claim in news) known.Add(remembered, claim);
    }

    /// <summary>Takes erased claims out of the rows of some ids.</summary>
    /// <returns>How many went, each counted in every row that held it.</returns>
    public async Task<int> EraseAsync(string projectId, ErasedItems erased, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var gone = 0;
        await table.ChangeAsync(projectId, ids, (found, _) =>
        {
            if (found.ETag is null) return new((byte[]?)null);
            var row = ClaimRow.Read(found.Content);
            var removed = row.Remove(claim => erased.Covers(ItemKind.LinkClaim, new(Dialect.Mixpanel, claim.Id, null, null, claim.Order), claim.OtherId, () => null));
            Interlocked.Add(ref gone, removed);
            return new(removed == 0 ? null : row.Claims.Count == 0 ? [] : row.Write());
        }, cancellationToken);
        return gone;
    }

    /// <summary>The fold of every claim that may say something of an id's person; null where the rows don't hold all of them.</summary>
    public async Task<IdentityFold?> FoldAsync(string projectId, IdentityMode mode, string id, CancellationToken cancellationToken)
    {
        var fold = new IdentityFold(mode);
        var asked = new HashSet<string>(StringComparer.Ordinal) { id };
        var waiting = new Queue<string>([id]);
        while (waiting.TryDequeue(out var next))
        {
            if (asked.Count > MaxRowsPerPerson) return null;
            var row = ClaimRow.Read((await table.FindAsync(projectId, next, cancellationToken)).Content);
            if (row.IsCrowded) return null;
            fold.Add(row.Claims);
            foreach (var claim in row.Claims)
            {
                if (asked.Add(claim.Id)) waiting.Enqueue(claim.Id);
                if (claim.OtherId.Length > 0 && asked.Add(claim.OtherId)) waiting.Enqueue(claim.OtherId);
                if (claim.Rule == LinkRule.SegmentAlias && asked.Add(AnonymousId.DevicePrefix + claim.OtherId)) waiting.Enqueue(AnonymousId.DevicePrefix + claim.OtherId);
            }
        }
        return fold;
    }
}
