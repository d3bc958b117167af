using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Support.Identity;

/// <summary>
/// The oracle: all claims sorted and taken one after another, with persons as plain sets. Slow, and short enough to be read
/// against docs/semantics/identity.md.
/// </summary>
public sealed class NaiveIdentity
{
    readonly List<LinkClaim> claims;
    readonly IdentityMode mode;
    readonly Dictionary<string, HashSet<string>> clusters = [];
    readonly Dictionary<string, bool> undone = [];

    public NaiveIdentity(IdentityMode mode, IEnumerable<LinkClaim> all)
    {
        this.mode = mode;
        claims = [.. all.Where(claim => claim.Id != claim.OtherId).DistinctBy(claim => claim.Order.Item).OrderBy(claim => claim.Order)];
        foreach (var claim in claims)
            if (claim.Rule is LinkRule.ByHand or LinkRule.Undone) undone[Pair(claim.Id, claim.OtherId)] = claim.Rule == LinkRule.Undone;
        foreach (var claim in claims) Take(claim);
    }

    public string PersonOf(in SeenIds ids)
    {
        if (ids.Dialect == Dialect.Mixpanel && mode == IdentityMode.Original) return PersonOf(ids.DistinctId!);
        if (ids.UserId is { Length: > 0 } user) return PersonOf(user);
        var device = ids.DeviceId is { Length: > 0 } id ? "$device:" + id : ids.DistinctId!;
        if (ids.Dialect != Dialect.Amplitude) return PersonOf(device);
        var receipt = ids.Receipt;
        var seen = claims.Where(claim => claim.Rule == LinkRule.AmplitudeDeviceAndUser && claim.OtherId == device && !IsUndone(claim.Id, device)).ToList();
        var last = seen.LastOrDefault(claim => claim.Order <= receipt, seen.FirstOrDefault());
        return PersonOf(last.Id ?? device);
    }

    public string PersonOf(string id) => ClusterOf(id)
        .OrderBy(member => IsGlobalUser(member) ? 0 : NamedUserAt(member) < ReceiptOrder.Last ? 1 : AnonymousId.NamesSomebody(member) ? 2 : 3)
        .ThenBy(FirstSeen)
        .First();

    void Take(LinkClaim claim)
    {
        if (claim.Rule is LinkRule.Undone or LinkRule.AmplitudeUnmap || IsUndone(claim.Id, claim.OtherId)) return;
        var (a, b) = (ClusterOf(claim.Id), ClusterOf(claim.OtherId));
        var isOriginal = claim.Rule is LinkRule.MixpanelIdentify or LinkRule.MixpanelAlias or LinkRule.MixpanelMerge;
        if (isOriginal && (mode != IdentityMode.Original || a.Union(b).Count() > 500)) return;
        var isAlias = claim.Rule == LinkRule.SegmentAlias && !AnonymousId.IsDevice(claim.OtherId);
        var isFine = claim.Rule switch
        {
            LinkRule.MixpanelDeviceAndUser => mode == IdentityMode.Simplified && !NamesSomebody(b, claim.Order),
            LinkRule.AmplitudeDeviceAndUser or LinkRule.SegmentAnonymousAndUser => !NamesSomebody(b, claim.Order),
            LinkRule.SegmentAlias => isAlias || !NamesSomebody(b, claim.Order),
            LinkRule.MixpanelIdentify => AnonymousId.IsUuid(claim.OtherId) && !NamesSomebody(b, claim.Order),
            LinkRule.MixpanelAlias => b.Count == 1,
            LinkRule.AmplitudeUserMap => claims.Last(other => IsMapping(other) && other.Id == claim.Id) == claim,
            _ => true,
        };
        if (isFine) Join(a, b);
        if (!isAlias || IsUndone(claim.Id, "$device:" + claim.OtherId)) return;
        var device = ClusterOf("$device:" + claim.OtherId);
        if (!NamesSomebody(device, claim.Order)) Join(ClusterOf(claim.Id), device);
    }

    void Join(HashSet<string> a, HashSet<string> b)
    {
        if (a == b) return;
        a.UnionWith(b);
        foreach (var member in b) clusters[member] = a;
    }

    bool NamesSomebody(HashSet<string> cluster, ReceiptOrder at) => cluster.Any(id => AnonymousId.NamesSomebody(id) || NamedUserAt(id) <= at);

    IEnumerable<LinkClaim> InMode => claims.Where(claim => claim.Rule switch
    {
        LinkRule.MixpanelDeviceAndUser => mode == IdentityMode.Simplified,
        LinkRule.MixpanelIdentify or LinkRule.MixpanelAlias or LinkRule.MixpanelMerge => mode == IdentityMode.Original,
        _ => true,
    });

    ReceiptOrder NamedUserAt(string id) => InMode
        .Where(claim => (claim.Id == id && claim.Rule is not (LinkRule.MixpanelMerge or LinkRule.MixpanelAlias or LinkRule.ByHand or LinkRule.Undone))
            || (claim.OtherId == id && claim.Rule == LinkRule.AmplitudeUserMap))
        .Select(claim => claim.Order)
        .DefaultIfEmpty(ReceiptOrder.Last)
        .First();

    (ReceiptOrder, int, string) FirstSeen(string id) => InMode
        .Where(claim => claim.Id == id || claim.OtherId == id || (claim.Rule == LinkRule.SegmentAlias && !AnonymousId.IsDevice(claim.OtherId) && "$device:" + claim.OtherId == id))
        .Select(claim => (claim.Order, claim.Id == id ? 0 : claim.OtherId == id ? 1 : 2, id))
        .DefaultIfEmpty((ReceiptOrder.Last, 0, id))
        .First();

    bool IsGlobalUser(string id)
    {
        bool Holds(LinkClaim claim) => claim.Rule == LinkRule.AmplitudeUserMap && !IsUndone(claim.Id, claim.OtherId)
            && claims.Last(other => IsMapping(other) && other.Id == claim.Id) == claim;
        return claims.Exists(claim => claim.OtherId == id && Holds(claim)) && !claims.Exists(claim => claim.Id == id && Holds(claim));
    }

    bool IsUndone(string a, string b) => undone.GetValueOrDefault(Pair(a, b));

    HashSet<string> ClusterOf(string id) => clusters.TryGetValue(id, out var cluster) ? cluster : clusters[id] = [id];

    static bool IsMapping(LinkClaim claim) => claim.Rule is LinkRule.AmplitudeUserMap or LinkRule.AmplitudeUnmap;

    static string Pair(string a, string b) => string.CompareOrdinal(a, b) < 0 ? $"{a}\n{b}" : $"{b}\n{a}";
}
