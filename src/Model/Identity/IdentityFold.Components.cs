using System.Runtime.InteropServices;

namespace Cairn.Model.Identity;

/// <content>
/// Folding by components: ids that claims bring together. A claim for a device that had its user before makes no link, so it is set
/// aside and joins no component: a device id that a million users share keeps them apart.
/// </content>
public sealed partial class IdentityFold
{
    /// <summary>A component of at most this many claims is folded at once where the next claim depends on it.</summary>
    const int SmallComponentClaims = 64;

    readonly Dictionary<int, Aside> setAside = [];
    readonly Dictionary<int, List<int>> asideOfUser = [];
    readonly Queue<int> changed = new();
    readonly ClusterFold rules = new();
    readonly List<int> ordered = [];
    Comparison<int>? byPlace;

    /// <summary>Claims that make no link as things are, by the device (or by the first id where the rule doesn't hold).</summary>
    sealed class Aside
    {
        readonly HashSet<int> numbers = [];

        public IReadOnlyCollection<int> Numbers => numbers;

        /// <summary>The earliest place of a claim for the device; it stays aside while the device had its user before.</summary>
        public ReceiptOrder Earliest { get; set; } = ReceiptOrder.Last;

        public bool Contains(int number) => numbers.Contains(number);

        public void Add(int number) => numbers.Add(number);
    }

    /// <summary>Whether the claim's device had a user before it, by an up-to-date fold.</summary>
    bool IsTaken(in FoldedClaim claim)
    {
        if (!claim.JoinsDevice) return false;
        var root = RootOf(claim.B);
        if (nodes[root].IsChanged)
        {
            if (nodes[root].ComponentClaims > SmallComponentClaims) return false;
            Fold(root);
        }
        return HadUserBefore(claim.B, claim.Order);
    }

    bool HadUserBefore(int device, ReceiptOrder order) =>
        nodes[device].GotUser != FoldedClaim.None && claims[nodes[device].GotUser].Order < order;

    void SetAside(int number)
    {
        ref readonly var claim = ref claims[number];
        var holds = claim.HoldsIn(mode);
        var at = holds ? claim.B : claim.A;
        if (!setAside.TryGetValue(at, out var aside)) aside = setAside[at] = new();
        aside.Add(number);
        map = null;
        if (!holds) return;
        if (!asideOfUser.TryGetValue(claim.A, out var ofUser)) asideOfUser[claim.A] = ofUser = new(1);
        ofUser.Add(number);
        if (claim.Order < aside.Earliest) aside.Earliest = claim.Order;
        Mention(number);
    }

    bool IsAside(int number) => setAside.TryGetValue(claims[number].B, out var aside) && aside.Contains(number);

    /// <summary>The claim brings its ids into one component, to be folded.</summary>
    void Join(int number)
    {
        ref var claim = ref claims[number];
        var root = RootOf(claim.A);
        if (claim.B != FoldedClaim.None) root = Unite(root, RootOf(claim.B));
        if (claim.DecidedAs != FoldedClaim.None) root = Unite(root, RootOf(claim.DecidedAs));
        if (nodes[root].FirstClaim == FoldedClaim.None)
            nodes[root].FirstClaim = number;
        else
            claims[nodes[root].LastClaim].Next = number;
        nodes[root].LastClaim = number;
        nodes[root].ComponentClaims++;
        Mention(number);
        Change(root);
    }

    int Unite(int x, int y)
    {
        if (x == y) return x;
        var (larger, smaller) = nodes[x].ComponentClaims >= nodes[y].ComponentClaims ? (x, y) : (y, x);
        ref var into = ref nodes[larger];
        ref var from = ref nodes[smaller];
        from.Parent = larger;
        (into.NextInComponent, from.NextInComponent) = (from.NextInComponent, into.NextInComponent);
        if (into.FirstClaim == FoldedClaim.None)
            (into.FirstClaim, into.LastClaim) = (from.FirstClaim, from.LastClaim);
        else if (from.FirstClaim != FoldedClaim.None)
            (claims[into.LastClaim].Next, into.LastClaim) = (from.FirstClaim, from.LastClaim);
        into.ComponentClaims += from.ComponentClaims;
        if (from.IsChanged) Change(larger);
        return larger;
    }

    int RootOf(int id)
    {
        while (nodes[id].Parent != id) id = nodes[id].Parent = nodes[nodes[id].Parent].Parent;
        return id;
    }

    void Change(int id)
    {
        var root = RootOf(id);
        map = null;
        if (nodes[root].IsChanged) return;
        nodes[root].IsChanged = true;
        changed.Enqueue(root);
    }

    void FoldWhatChanged()
    {
        while (changed.TryDequeue(out var id))
        {
            var root = RootOf(id);
            if (nodes[root].IsChanged) Fold(root);
        }
        foreach (var device in changedDevices)
        {
            if (!devices.TryGetValue(device, out var seen)) continue;
            var undone = UndoneUsersOf(device);
            seen.Timeline = seen.Sightings.Build(user => !undone.Contains(user));
            map = null;
        }
        changedDevices.Clear();
    }

    void Fold(int root)
    {
        nodes[root].IsChanged = false;
        if (nodes[root].FirstClaim == FoldedClaim.None) return;
        rules.Run(SortedClaims(root), this);
        Publish(root);

        // A device that has lost its user, or got it later, takes the claims back that were set aside for it.
        List<int>? without = null;
        var id = root;
        do
        {
            if (setAside.TryGetValue(id, out var aside) && aside.Earliest < ReceiptOrder.Last && !HadUserBefore(id, aside.Earliest)) (without ??= []).Add(id);
            id = nodes[id].NextInComponent;
        }
        while (id != root);
        without?.ForEach(TakeBack);
    }

    void TakeBack(int device)
    {
        var aside = setAside[device];
        setAside.Remove(device);
        foreach (var number in aside.Numbers.Order())
        {
            if (claims[number].HoldsIn(mode))
                Join(number);
            else
                SetAside(number);
        }
    }

    ReadOnlySpan<int> SortedClaims(int root)
    {
        ordered.Clear();
        for (var number = nodes[root].FirstClaim; number != FoldedClaim.None; number = claims[number].Next) ordered.Add(number);
        if (ordered.Count > 1) ordered.Sort(byPlace ??= CompareByPlace);
        return CollectionsMarshal.AsSpan(ordered);
    }

    int CompareByPlace(int x, int y)
    {
        var order = claims[x].Order.CompareTo(claims[y].Order);
        return order == 0 ? claims[x].IsImplied.CompareTo(claims[y].IsImplied) : order;
    }

    /// <summary>Gives every id of the component the links of its person.</summary>
    void Publish(int root)
    {
        var id = root;
        do
        {
            nodes[id].Links = null;
            id = nodes[id].NextInComponent;
        }
        while (id != root);
        if (rules.Links.Count == 0) return;

        var globalUsers = GlobalUsers();
        var first = rules.ClusterOf(rules.Links[0].A);
        // Nearly every component is one person.
        if (rules.Links.TrueForAll(link => rules.ClusterOf(link.A) == first))
        {
            Publish([.. rules.Links], globalUsers);
            return;
        }
        foreach (var links in rules.Links.GroupBy(link => rules.ClusterOf(link.A))) Publish([.. links], globalUsers);
    }

    void Publish(Link[] links, HashSet<int>? globalUsers)
    {
        var person = new PersonLinks(Canonical(links, globalUsers), links);
        foreach (var link in links) nodes[link.A].Links = nodes[link.B].Links = person;
    }

    /// <summary>Users that others are mapped to, and that are mapped to nobody; null where there is no mapping.</summary>
    HashSet<int>? GlobalUsers()
    {
        if (rules.Mappings.Count == 0) return null;
        var users = rules.Mappings.Select(mapping => mapping.Target).ToHashSet();
        users.ExceptWith(rules.Mappings.Select(mapping => mapping.Source));
        return users;
    }
}
