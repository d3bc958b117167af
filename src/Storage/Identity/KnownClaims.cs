using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Storage.Identity;

/// <summary>
/// Claims that this process wrote to their rows lately, so that saying them again costs no look at the table. Bounded: what is
/// forgotten is looked up once more.
/// </summary>
sealed class KnownClaims
{
    /// <summary>Claims in each of two generations; when the young one is full the old one goes.</summary>
    const int MaxClaims = 20_000;

    readonly Lock gate = new();
    Dictionary<(string, LinkRule, string, string), ReceiptOrder> young = [];
    Dictionary<(string, LinkRule, string, string), ReceiptOrder> old = [];

    /// <summary>Whether the same was written, for this place or an earlier one. Decisions are always news: each counts by its place.</summary>
    public bool Contains(string projectId, in LinkClaim claim)
    {
        if (claim.Rule is LinkRule.ByHand or LinkRule.Undone or LinkRule.AmplitudeUserMap or LinkRule.AmplitudeUnmap) return false;
        var key = (projectId, claim.Rule, claim.Id, claim.OtherId);
        lock (gate)
        {
            if (young.TryGetValue(key, out var order)) return order <= claim.Order;
            return old.TryGetValue(key, out order) && order <= claim.Order;
        }
    }

    public void Add(string projectId, in LinkClaim claim)
    {
        lock (gate)
        {
            if (young.Count >= MaxClaims)
            {
                (old, young) = (young, old);
                young.Clear();
            }
            young[(projectId, claim.Rule, claim.Id, claim.OtherId)] = claim.Order;
        }
    }
}
