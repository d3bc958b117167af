using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Identity;

/// <summary>Reads claims back from rows of <c>identities</c>.</summary>
public static class ClaimRows
{
    /// <summary>The claims of these rows, in the order of the file.</summary>
    public static async ValueTask<IReadOnlyList<LinkClaim>> ReadAsync(RowFile file, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return [];
        var orders = await RowOrders.ReadAsync(file, cancellationToken);
        var rules = (await file.ReadInt64Async(RowLayout.LinkRule, cancellationToken))!;
        var ids = new RowTexts(await file.ReadTextAsync(RowLayout.DistinctId, cancellationToken));
        var others = new RowTexts(await file.ReadTextAsync(RowLayout.OtherId, cancellationToken));
        var claims = new LinkClaim[rows.Count];
        for (var i = 0; i < claims.Length; i++)
            claims[i] = new(orders[rows[i]], (LinkRule)rules.Values[rows[i]], ids[rows[i]], others[rows[i]]);
        return claims;
    }
}
