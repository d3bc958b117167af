namespace Cairn.Model.Identity;

/// <summary>
/// The rules: folds claims, sorted, into links. Works on ids' numbers and touches no id but those of its claims, so that
/// claims without an id in common may be folded apart.
/// </summary>
/// <remarks>Meaning and worked examples: docs/semantics/identity.md.</remarks>
sealed class ClusterFold
{
    /// <summary>Ids in a cluster of Mixpanel's original system. Source: Mixpanel docs, "Limits of ID merge".</summary>
    public const int MaxClusterIds = 500;

    readonly Dictionary<(int, int), bool> undone = [];
    readonly Dictionary<int, int> lastMapping = [];
    int[] parents = [];
    int[] sizes = [];
    int[] nextMembers = [];
    ReceiptOrder[] identifiedFrom = [];

    /// <summary>What the last fold made, in order.</summary>
    public List<Link> Links { get; } = [];

    /// <summary>Which users are mapped to which, by the last fold.</summary>
    public List<(int Source, int Target)> Mappings { get; } = [];

    /// <summary>Which claims the last fold turned down, in order.</summary>
    public List<(int Claim, LinkRefusal Reason)> Refusals { get; } = [];

    /// <summary>Folds anew.</summary>
    /// <param name="order">Claims of the component by number, sorted by place.</param>
    /// <param name="state">What is known of the ids from all claims.</param>
    public void Run(ReadOnlySpan<int> order, IIdFacts state)
    {
        Begin(order, state);
        foreach (var number in order)
        {
            ref readonly var claim = ref state.Claim(number);
            var refusal = Judge(number, in claim, state);
            if (refusal != LinkRefusal.None && !claim.IsImplied) Refusals.Add((number, refusal));
        }
    }

    /// <summary>The cluster that an id of the last fold is in, by the number of one of its ids.</summary>
    public int ClusterOf(int id) => Find(id);

    LinkRefusal Judge(int number, in FoldedClaim claim, IIdFacts state)
    {
        if (claim.B == FoldedClaim.None || claim.Rule == LinkRule.Undone) return LinkRefusal.None;
        if (IsUndone(claim.A, claim.B) || IsUndone(claim.A, claim.DecidedAs)) return LinkRefusal.Undone;
        var (a, b) = (Find(claim.A), Find(claim.B));
        switch (claim.Rule)
        {
            case LinkRule.AmplitudeUserMap when lastMapping[claim.A] != number:
                return LinkRefusal.Replaced;
            case LinkRule.AmplitudeUserMap:
                Mappings.Add((claim.A, claim.B));
                break;
            case LinkRule.MixpanelIdentify when !state.IsUuid(claim.B):
                return LinkRefusal.NotAnonymous;
        }
        if (a == b) return LinkRefusal.None;

        var isTaken = identifiedFrom[b] <= claim.Order;
        switch (claim.Rule)
        {
            case LinkRule.MixpanelDeviceAndUser or LinkRule.AmplitudeDeviceAndUser or LinkRule.SegmentAnonymousAndUser when isTaken:
                return LinkRefusal.DeviceHasAnotherUser;
            case LinkRule.MixpanelIdentify when isTaken:
                return LinkRefusal.AnonymousHasAnotherUser;
            case LinkRule.MixpanelAlias when sizes[b] > 1:
                return LinkRefusal.AliasTaken;
            case LinkRule.MixpanelIdentify or LinkRule.MixpanelAlias or LinkRule.MixpanelMerge when sizes[a] + sizes[b] > MaxClusterIds:
                return LinkRefusal.TooManyIds;
        }
        Unite(a, b, number, claim.Order, state);
        Links.Add(new(claim.A, claim.B, claim.Rule, claim.Order));
        return LinkRefusal.None;
    }

    void Begin(ReadOnlySpan<int> order, IIdFacts state)
    {
        Links.Clear();
        Refusals.Clear();
        Mappings.Clear();
        undone.Clear();
        lastMapping.Clear();
        if (parents.Length < state.IdCount)
        {
            var room = Math.Max(state.IdCount, parents.Length * 2);
            Array.Resize(ref parents, room);
            Array.Resize(ref sizes, room);
            Array.Resize(ref nextMembers, room);
            Array.Resize(ref identifiedFrom, room);
        }
        foreach (var number in order)
        {
            ref readonly var claim = ref state.Claim(number);
            Alone(claim.A, state);
            if (claim.B != FoldedClaim.None) Alone(claim.B, state);
            switch (claim.Rule)
            {
                // The last decision counts for the whole fold, as if the other had never been.
                case LinkRule.ByHand or LinkRule.Undone:
                    undone[Pair(claim.A, claim.B)] = claim.Rule == LinkRule.Undone;
                    break;
                case LinkRule.AmplitudeUserMap or LinkRule.AmplitudeUnmap:
                    lastMapping[claim.A] = number;
                    break;
            }
        }
    }

    void Alone(int id, IIdFacts state)
    {
        parents[id] = nextMembers[id] = id;
        sizes[id] = 1;
        identifiedFrom[id] = state.IdentifiedFrom(id);
        state.ForgetUser(id);
    }

    void Unite(int a, int b, int claim, ReceiptOrder at, IIdFacts state)
    {
        if (identifiedFrom[a] > at && identifiedFrom[b] <= at) TellMembers(a, claim, state);
        if (identifiedFrom[b] > at && identifiedFrom[a] <= at) TellMembers(b, claim, state);
        var (larger, smaller) = sizes[a] >= sizes[b] ? (a, b) : (b, a);
        parents[smaller] = larger;
        sizes[larger] += sizes[smaller];
        if (identifiedFrom[smaller] < identifiedFrom[larger]) identifiedFrom[larger] = identifiedFrom[smaller];
        (nextMembers[larger], nextMembers[smaller]) = (nextMembers[smaller], nextMembers[larger]);
    }

    void TellMembers(int root, int claim, IIdFacts state)
    {
        var member = root;
        do
        {
            state.GotUser(member, claim);
            member = nextMembers[member];
        }
        while (member != root);
    }

    int Find(int id)
    {
        while (parents[id] != id) id = parents[id] = parents[parents[id]];
        return id;
    }

    bool IsUndone(int a, int b) => undone.Count > 0 && undone.GetValueOrDefault(Pair(a, b));

    static (int, int) Pair(int a, int b) => a < b ? (a, b) : (b, a);
}

/// <summary>What the rules read of ids and claims, and tell of devices.</summary>
interface IIdFacts
{
    int IdCount { get; }

    ref readonly FoldedClaim Claim(int number);

    bool IsUuid(int id);

    /// <summary>From which place on an id names somebody: at once by its form, or when a claim names it as a user.</summary>
    ReceiptOrder IdentifiedFrom(int id);

    /// <summary>The fold begins anew for this id.</summary>
    void ForgetUser(int id);

    /// <summary>By this claim the id came into a cluster that names somebody.</summary>
    void GotUser(int id, int claim);
}
