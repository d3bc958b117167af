namespace Cairn.Model.Identity;

/// <summary>The links that make several ids one person; never changes.</summary>
/// <param name="canonical">The number of the id that stands for the person.</param>
/// <param name="links">A tree over the person's ids, in the order of the fold.</param>
sealed class PersonLinks(int canonical, Link[] links)
{
    public int Canonical => canonical;

    public ReadOnlySpan<Link> Links => links;

    /// <summary>How many links were received before a place.</summary>
    public int CountBefore(ReceiptOrder before)
    {
        var count = 0;
        while (count < links.Length && links[count].Order < before) count++;
        return count;
    }

    /// <summary>
    /// The ids whose updates make up one profile: those that links received before <paramref name="before"/> join to <paramref name="start"/>.
    /// </summary>
    /// <returns>Each id's number, and after which place its own updates count. The id whose profile it is comes first.</returns>
    public List<(int Id, ReceiptOrder CountsAfter)> ProfileOf(int start, ReceiptOrder before)
    {
        var neighbours = new Dictionary<int, List<Link>>();
        foreach (var link in links)
        {
            if (link.Order >= before) break;
            if (link.Join == ProfileJoin.Never) continue;
            Of(link.A).Add(link);
            Of(link.B).Add(link);
        }

        var group = Walk(start, neighbours);
        var owner = group.Exists(member => member.Id == canonical) ? canonical : UserAmong(group, before) ?? start;
        return owner == start ? group : Walk(owner, neighbours);

        List<Link> Of(int id) => neighbours.TryGetValue(id, out var list) ? list : neighbours[id] = [];
    }

    /// <summary>Apart from its person's canonical id, a profile is that of the first user who was linked.</summary>
    int? UserAmong(List<(int Id, ReceiptOrder CountsAfter)> group, ReceiptOrder before)
    {
        foreach (var link in links)
        {
            if (link.Order >= before) break;
            if (link.Join != ProfileJoin.Never && group.Exists(member => member.Id == link.A)) return link.A;
        }
        return null;
    }

    static List<(int Id, ReceiptOrder CountsAfter)> Walk(int start, Dictionary<int, List<Link>> neighbours)
    {
        var found = new List<(int Id, ReceiptOrder CountsAfter)> { (start, ReceiptOrder.First) };
        var seen = new HashSet<int> { start };
        for (var at = 0; at < found.Count; at++)
        {
            if (!neighbours.TryGetValue(found[at].Id, out var around)) continue;
            foreach (var link in around)
            {
                var next = link.A == found[at].Id ? link.B : link.A;
                if (!seen.Add(next)) continue;
                var isDeviceOfUser = link.Join == ProfileJoin.AfterLink && next == link.B;
                found.Add((next, isDeviceOfUser ? link.Order : ReceiptOrder.First));
            }
        }
        return found;
    }
}
