using System.Collections.Concurrent;

namespace Cairn.Model.Identity;

/// <summary>
/// Who is one person, by all claims of one project. Claims may be added in any order and any number of times: the result is
/// the fold of all claims by (received at, item id).
/// </summary>
/// <remarks>
/// Only ids that claims bring together are folded anew when a claim arrives, so adding costs by what it changes. Not
/// thread-safe; a <see cref="PersonMap"/> taken from it is. Rules and worked examples: docs/semantics/identity.md.
/// </remarks>
/// <param name="mode">Mixpanel's identity system in this project; the other dialects' rules always hold.</param>
public sealed partial class IdentityFold(IdentityMode mode)
{
    readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);
    PersonMap? map;

    /// <summary>How many different ids claims have named.</summary>
    public int IdCount { get; private set; }

    /// <summary>Every id that claims have named, whatever became of the claims.</summary>
    public IEnumerable<string> Ids => numbers.Keys;

    /// <summary>Adds claims and folds what they change. Claims that are known already change nothing.</summary>
    public void Add(IEnumerable<LinkClaim> claims)
    {
        foreach (var claim in claims)
        {
            if (claim.Id.Length == 0 || (claim.OtherId.Length == 0 && claim.Rule != LinkRule.AmplitudeUnmap)) continue;
            if (string.Equals(claim.Id, claim.OtherId, StringComparison.Ordinal)) continue;
            Add(claim);
        }
        FoldWhatChanged();
    }

    /// <summary>The persons by the claims so far; never changes, and the same object until a claim changes something.</summary>
    public PersonMap Map => map ??= TakeMap();

    /// <summary>The canonical id of an id's person: the id itself where no claim names it.</summary>
    public string PersonOf(string id) => Map.PersonOf(id);

    /// <summary>The canonical id of the person an event is from; empty where it says nothing of who.</summary>
    public string PersonOf(in SeenIds ids) => Map.PersonOf(ids);

    /// <summary>All of one id's person; null where no claim names the id.</summary>
    public PersonIds? Find(string id)
    {
        if (!numbers.TryGetValue(id, out var number)) return null;
        var members = MembersOf(number);
        var ids = new List<PersonId>(members.Count);
        foreach (var (member, link) in members)
        {
            var other = link is not { } by ? "" : nodes[by.A == member ? by.B : by.A].Name;
            ids.Add(new(nodes[member].Name, link?.Rule ?? LinkRule.None, other, link?.Order.ReceivedAtMs ?? 0, link?.Join ?? ProfileJoin.Always));
        }
        var refusals = RefusalsOf(members.ConvertAll(member => member.Id), out var mappings);
        return new(ids[0].Id, ids, mappings, refusals);
    }

    /// <summary>The person's ids with the link by which each was reached, the canonical one first, then as first seen.</summary>
    List<(int Id, Link? By)> MembersOf(int number)
    {
        if (nodes[number].Links is not { } person) return [(number, null)];
        var reached = new Dictionary<int, Link?> { [person.Canonical] = null };
        var neighbours = new Dictionary<int, List<Link>>();
        foreach (var link in person.Links)
        {
            Of(link.A).Add(link);
            Of(link.B).Add(link);
        }
        var waiting = new Queue<int>([person.Canonical]);
        while (waiting.TryDequeue(out var from))
        {
            foreach (var link in Of(from))
                if (reached.TryAdd(link.A == from ? link.B : link.A, link)) waiting.Enqueue(link.A == from ? link.B : link.A);
        }
        var members = reached.Select(entry => (Id: entry.Key, By: entry.Value)).ToList();
        members.Sort((x, y) => x.By is null ? -1 : y.By is null ? 1 : CompareFirstSeen(x.Id, y.Id));
        return members;

        List<Link> Of(int id) => neighbours.TryGetValue(id, out var list) ? list : neighbours[id] = [];
    }

    PersonMap TakeMap()
    {
        var links = new PersonLinks?[IdCount];
        var names = new string[IdCount];
        var severalUsers = new Dictionary<int, DeviceTimeline>();
        for (var id = 0; id < IdCount; id++)
        {
            links[id] = nodes[id].Links;
            names[id] = nodes[id].Name;
        }
        foreach (var (device, seen) in devices)
        {
            if (seen.Timeline is not { } timeline) continue;
            // With one user, whom the device is linked to as well, the links say it all, at every moment.
            if (timeline.HasSeveralUsers || !IsLinkedTo(device, timeline.First)) severalUsers[device] = timeline;
        }
        return new(mode, numbers, names, links, severalUsers);
    }

    int CanonicalOf(int id) => nodes[id].Links?.Canonical ?? id;

    /// <summary>Whether it was this user's claim that gave the device a user.</summary>
    bool IsLinkedTo(int device, int user)
    {
        if (nodes[device].GotUser == FoldedClaim.None) return false;
        ref readonly var claim = ref claims[nodes[device].GotUser];
        return claim.A == user && claim.B == device;
    }
}
