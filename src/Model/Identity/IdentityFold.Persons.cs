namespace Cairn.Model.Identity;

/// <content>What the rules read of ids, which id stands for a person, and what was turned down.</content>
public sealed partial class IdentityFold : IIdFacts
{
    ref readonly FoldedClaim IIdFacts.Claim(int number) => ref claims[number];

    bool IIdFacts.IsUuid(int id) => nodes[id].IsUuid;

    ReceiptOrder IIdFacts.IdentifiedFrom(int id) =>
        nodes[id].NamesSomebody ? ReceiptOrder.First
        : nodes[id].NamedUser != FoldedClaim.None ? claims[nodes[id].NamedUser].Order
        : ReceiptOrder.Last;

    void IIdFacts.ForgetUser(int id) => nodes[id].GotUser = FoldedClaim.None;

    void IIdFacts.GotUser(int id, int claim) => nodes[id].GotUser = claim;

    /// <summary>The id that stands for a person: the global user of a mapping, else the user first seen, else the id first seen that is no device or UUID, else the oldest.</summary>
    int Canonical(Link[] links, HashSet<int>? globalUsers)
    {
        var best = links[0].A;
        foreach (var link in links)
        {
            if (IsBetter(link.A, best)) best = link.A;
            if (IsBetter(link.B, best)) best = link.B;
        }
        return best;

        bool IsBetter(int id, int than)
        {
            var order = Rank(id).CompareTo(Rank(than));
            return order < 0 || (order == 0 && CompareFirstSeen(id, than) < 0);
        }

        int Rank(int id) =>
            globalUsers?.Contains(id) == true ? 0
            : nodes[id].NamedUser != FoldedClaim.None ? 1
            : nodes[id].NamesSomebody ? 2
            : 3;
    }

    int CompareFirstSeen(int x, int y)
    {
        if (x == y) return 0;
        var (first, second) = (nodes[x].FirstSeen, nodes[y].FirstSeen);
        var order = claims[first].Order.CompareTo(claims[second].Order);
        if (order != 0) return order;
        // One claim named both: its first id goes before.
        if (first == second) return claims[first].A == x ? -1 : 1;
        return string.CompareOrdinal(nodes[x].Name, nodes[y].Name);
    }

    /// <summary>The users whose pair with this device is undone by hand.</summary>
    HashSet<int> UndoneUsersOf(int device)
    {
        var last = new Dictionary<int, (ReceiptOrder Order, bool IsUndone)>();
        foreach (var number in byHand)
        {
            ref readonly var claim = ref claims[number];
            if (claim.A != device && claim.B != device) continue;
            var user = claim.A == device ? claim.B : claim.A;
            if (!last.TryGetValue(user, out var known) || claim.Order > known.Order) last[user] = (claim.Order, claim.Rule == LinkRule.Undone);
        }
        return [.. last.Where(decision => decision.Value.IsUndone).Select(decision => decision.Key)];
    }

    /// <summary>The claims that name one of these ids and made no link; and the user mappings among them.</summary>
    List<RefusedClaim> RefusalsOf(List<int> ids, out List<UserMapping> mappings)
    {
        mappings = [];
        var wanted = ids.ToHashSet();
        var found = new List<(int Claim, LinkRefusal Reason)>();
        foreach (var root in ids.ConvertAll(RootOf).Distinct())
        {
            if (nodes[root].FirstClaim == FoldedClaim.None) continue;
            rules.Run(SortedClaims(root), this);
            foreach (var (source, target) in rules.Mappings)
                if (wanted.Contains(source)) mappings.Add(new(nodes[source].Name, nodes[target].Name));
            foreach (var refusal in rules.Refusals)
                if (wanted.Contains(claims[refusal.Claim].A) || wanted.Contains(claims[refusal.Claim].B)) found.Add(refusal);
            // What another claim has linked all the same is no news.
            found.RemoveAll(refusal => refusal.Reason == LinkRefusal.DeviceHasAnotherUser
                && CanonicalOf(claims[refusal.Claim].A) == CanonicalOf(claims[refusal.Claim].B));
        }
        foreach (var id in ids)
        {
            IEnumerable<int> aside = setAside.TryGetValue(id, out var forDevice) ? forDevice.Numbers : [];
            if (asideOfUser.TryGetValue(id, out var forUser)) aside = aside.Union(forUser.Where(IsAside));
            foreach (var number in aside)
            {
                if (claims[number].IsImplied) continue;
                if (!claims[number].HoldsIn(mode))
                    found.Add((number, LinkRefusal.NotInThisMode));
                else if (UndoneUsersOf(claims[number].B).Contains(claims[number].A))
                    found.Add((number, LinkRefusal.Undone));
                else if (CanonicalOf(claims[number].A) != CanonicalOf(claims[number].B))
                    found.Add((number, LinkRefusal.DeviceHasAnotherUser));
            }
        }
        return [.. found
            .Distinct()
            .OrderBy(refusal => claims[refusal.Claim].Order)
            .Take(PersonIds.MaxRefusals)
            .Select(refusal => new RefusedClaim(Said(refusal.Claim), refusal.Reason))];
    }

    LinkClaim Said(int number)
    {
        ref readonly var claim = ref claims[number];
        return new(claim.Order, claim.Rule, nodes[claim.A].Name, claim.B == FoldedClaim.None ? "" : nodes[claim.B].Name);
    }
}
