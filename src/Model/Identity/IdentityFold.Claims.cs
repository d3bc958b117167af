namespace Cairn.Model.Identity;

/// <content>Taking claims in: numbers for ids, the earliest claim of each kind for a pair, who needs folding anew.</content>
public sealed partial class IdentityFold
{
    readonly Dictionary<PairClaim, int> byPair = [];
    readonly HashSet<(int A, ReceiptOrder Order)> decisions = [];
    readonly List<int> byHand = [];
    readonly Dictionary<int, Device> devices = [];
    readonly HashSet<int> changedDevices = [];
    Node[] nodes = new Node[16];
    FoldedClaim[] claims = new FoldedClaim[16];
    int claimCount;

    /// <summary>What is known of one id.</summary>
    struct Node
    {
        public string Name;

        /// <summary>The links of its person; null while it is alone.</summary>
        public PersonLinks? Links;

        /// <summary>By number: the earliest claim that names it, the earliest that names it as a user, and the one that gave it a user.</summary>
        public int FirstSeen, NamedUser, GotUser;

        /// <summary>The component of ids that claims bring together: a union-find, a ring of its ids, a list of its claims.</summary>
        public int Parent, NextInComponent, FirstClaim, LastClaim, ComponentClaims;

        public bool IsUuid, NamesSomebody, IsChanged;
    }

    /// <summary>A pair, by the numbers of its ids, and by which rule it was claimed.</summary>
    readonly record struct PairClaim(ulong Ids, LinkRule Rule, bool IsImplied)
    {
        public override int GetHashCode() => (int)((Ids * 0x9E37_79B9_7F4A_7C15 + ((ulong)Rule << 1 | (IsImplied ? 1UL : 0)) * 0xC2B2_AE3D_27D4_EB4F) >> 32);
    }

    /// <summary>What Amplitude's claims say of a device.</summary>
    sealed class Device
    {
        public DeviceSightings Sightings { get; } = new();

        public DeviceTimeline? Timeline { get; set; }
    }

    int NumberOf(string name)
    {
        if (numbers.TryGetValue(name, out var known)) return known;
        var number = IdCount++;
        if (number == nodes.Length) Array.Resize(ref nodes, number * 2);
        nodes[number] = new()
        {
            Name = name,
            FirstSeen = FoldedClaim.None,
            NamedUser = FoldedClaim.None,
            GotUser = FoldedClaim.None,
            Parent = number,
            NextInComponent = number,
            FirstClaim = FoldedClaim.None,
            LastClaim = FoldedClaim.None,
            IsUuid = AnonymousId.IsUuid(name),
            NamesSomebody = AnonymousId.NamesSomebody(name),
        };
        numbers[name] = number;
        return number;
    }

    void Add(in LinkClaim said)
    {
        var (first, second) = (said.Id, said.OtherId);
        var claim = new FoldedClaim { Order = said.Order, Rule = said.Rule, Next = FoldedClaim.None };
        if (claim.JoinsDevice && AnonymousId.IsDevice(first) && !AnonymousId.IsDevice(second)) (first, second) = (second, first);
        // An alias of Segment that names a device goes by the rule of devices.
        if (claim.Rule == LinkRule.SegmentAlias && AnonymousId.IsDevice(second)) claim.Rule = LinkRule.SegmentAnonymousAndUser;
        claim.A = NumberOf(first);
        claim.B = claim.DecidedAs = second.Length == 0 ? FoldedClaim.None : NumberOf(second);
        Add(claim);

        if (claim.Rule == LinkRule.AmplitudeDeviceAndUser) See(claim);
        if (claim.Rule != LinkRule.SegmentAlias) return;
        // previousId may be an anonymousId, which events carry as a device.
        var device = claim;
        device.Rule = LinkRule.SegmentAnonymousAndUser;
        device.B = NumberOf(AnonymousId.DevicePrefix + second);
        device.IsImplied = true;
        Add(device);
    }

    void See(in FoldedClaim claim)
    {
        if (!devices.TryGetValue(claim.B, out var device)) device = devices[claim.B] = new();
        if (device.Sightings.Add(claim.Order, claim.A)) changedDevices.Add(claim.B);
    }

    void Add(in FoldedClaim claim)
    {
        if (claim.DecidesForAll)
        {
            if (!decisions.Add((claim.A, claim.Order))) return;
            var decision = Keep(claim);
            Join(decision);
            if (claim.Rule is not (LinkRule.ByHand or LinkRule.Undone)) return;
            byHand.Add(decision);
            changedDevices.UnionWith([claim.A, claim.B]);
            return;
        }
        var key = new PairClaim((ulong)(uint)claim.A << 32 | (uint)claim.B, claim.Rule, claim.IsImplied);
        if (byPair.TryGetValue(key, out var known))
        {
            if (claims[known].Order <= claim.Order) return;
            Hasten(known, claim.Order);
            return;
        }
        var number = Keep(claim);
        byPair.Add(key, number);
        if (!claim.HoldsIn(mode) || IsTaken(claim))
            SetAside(number);
        else
            Join(number);
    }

    int Keep(in FoldedClaim claim)
    {
        if (claimCount == claims.Length) Array.Resize(ref claims, claimCount * 2);
        claims[claimCount] = claim;
        return claimCount++;
    }

    /// <summary>The same claim was made earlier than was known.</summary>
    void Hasten(int number, ReceiptOrder order)
    {
        claims[number].Order = order;
        if (!claims[number].HoldsIn(mode)) return;
        Mention(number);
        if (setAside.TryGetValue(claims[number].B, out var aside) && aside.Contains(number))
            aside.Earliest = order < aside.Earliest ? order : aside.Earliest;
        Change(claims[number].A);
        Change(claims[number].B);
    }

    /// <summary>Notes what the claim says of its ids by itself, whatever becomes of it.</summary>
    void Mention(int number)
    {
        ref readonly var claim = ref claims[number];
        if (IsEarlier(number, nodes[claim.A].FirstSeen))
        {
            nodes[claim.A].FirstSeen = number;
            Change(claim.A);
        }
        if (claim.NamesUser && IsEarlier(number, nodes[claim.A].NamedUser))
        {
            nodes[claim.A].NamedUser = number;
            Change(claim.A);
        }
        if (claim.B == FoldedClaim.None) return;
        if (IsEarlier(number, nodes[claim.B].FirstSeen))
        {
            nodes[claim.B].FirstSeen = number;
            Change(claim.B);
        }
        if (claim.Rule == LinkRule.AmplitudeUserMap && IsEarlier(number, nodes[claim.B].NamedUser))
        {
            nodes[claim.B].NamedUser = number;
            Change(claim.B);
        }
    }

    bool IsEarlier(int number, int than) => than == FoldedClaim.None || claims[number].Order < claims[than].Order;
}
