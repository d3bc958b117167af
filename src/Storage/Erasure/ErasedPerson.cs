using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Storage.Erasure;

/// <summary>A person who is to be erased, as the links were at the request.</summary>
/// <param name="Ids">All ids that are theirs, and those asked for.</param>
/// <param name="Around">All ids that claims around the person name: the persons under which their rows may stand in files.</param>
public sealed record ErasedPerson(IReadOnlyList<string> Ids, IReadOnlyList<string> Around)
{
    /// <summary>Of devices that several users had, by device: when it was this person's.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<ErasedTurn>> Turns { get; private init; } = new Dictionary<string, IReadOnlyList<ErasedTurn>>(StringComparer.Ordinal);

    /// <param name="id">One of the person's ids, known or not.</param>
    /// <param name="found">By the claims that name it; null where none does.</param>
    /// <param name="map">Holds all that matters for this person.</param>
    /// <param name="around">Null where rows didn't hold enough: then the person's own ids and the users of their devices.</param>
    public static ErasedPerson Of(string id, PersonIds? found, PersonMap map, IEnumerable<string>? around)
    {
        var ids = (found?.Ids.Select(known => known.Id) ?? []).Append(id).ToHashSet(StringComparer.Ordinal);
        var person = map.PersonOf(id);
        var turns = new Dictionary<string, IReadOnlyList<ErasedTurn>>(StringComparer.Ordinal);
        var near = new HashSet<string>(around ?? [], StringComparer.Ordinal);
        near.UnionWith(ids);
        foreach (var device in ids.SelectMany(map.DevicesSeenWith).Concat(ids.Where(map.DependsOnReceipt)).ToHashSet(StringComparer.Ordinal))
        {
            var all = map.TurnsOf(device);
            var own = new List<ErasedTurn>();
            for (var turn = 0; turn < all.Count; turn++)
                if (map.PersonOf(all[turn].User) == person) own.Add(new(all[turn].From, turn + 1 < all.Count ? all[turn + 1].From : ReceiptOrder.Last));
            near.Add(device);
            near.UnionWith(all.Select(turn => turn.User));
            // A device on which the person never had a turn stands in the list with none, so that no row of it counts as theirs by Amplitude's rule.
            turns[device] = own.Count > 0 ? own : [new(ReceiptOrder.Last, ReceiptOrder.Last)];
        }
        return new([.. ids.Order(StringComparer.Ordinal)], [.. near.Order(StringComparer.Ordinal)]) { Turns = turns };
    }
}
