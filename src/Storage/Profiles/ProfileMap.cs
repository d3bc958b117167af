using System.Collections.Concurrent;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;

namespace Cairn.Storage.Profiles;

/// <summary>Profiles over the persons of one moment. Folds what is asked for, and keeps it.</summary>
sealed class ProfileMap(PersonMap persons, ConcurrentDictionary<string, ProfileHistory> histories) : IProfileMap
{
    readonly ConcurrentDictionary<string, Profile?> current = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<(string Id, int LinkCount), ProfileHistory> joined = new();
    readonly ConcurrentDictionary<string, bool> followsTimelines = new(StringComparer.Ordinal);
    readonly Lazy<IReadOnlyList<string>> everybody = new(() => EveryPerson(persons, histories));
    readonly Lazy<ConcurrentDictionary<string, List<string>>> unprefixed = new(() => UnprefixedDevices(persons, histories));
    IReadOnlyList<string>? propertyNames;

    public PersonMap Of => persons;

    public IEnumerable<string> Persons => everybody.Value.Where(person => Current(person) is not null);

    public IReadOnlyList<string> PropertyNames => propertyNames ??=
        [.. Persons.SelectMany(person => Current(person)!.Properties.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public Profile? Current(string person) => current.GetOrAdd(person, id => Join(id, ReceiptOrder.Last).Current);

    public Profile? AsOf(in SeenIds ids)
    {
        var id = persons.AddressThen(ids);
        var place = ids.Receipt;
        if (FollowsTimelines(id)) return Join(id, place).AsOf(place);
        return joined.GetOrAdd((id, persons.LinksBefore(id, place)), static (key, by) => by.Self.Join(key.Id, by.Place), (Self: this, Place: place)).AsOf(place);
    }

    /// <summary>The updates that make up an id's profile, by the links before a place.</summary>
    ProfileHistory Join(string id, ReceiptOrder knownBy)
    {
        var sources = persons.ProfileOf(id, knownBy);
        var parts = new List<(ProfileHistory History, ReceiptOrder CountsAfter, Func<ProfileUpdate, bool>? Counts)>();
        foreach (var (source, countsAfter) in sources)
        {
            var isShared = persons.DependsOnReceipt(source);
            Part(source, countsAfter, isShared ? update => !update.FollowsDevice || persons.OwnerOf(source, update.Order, knownBy) == source : null);
            foreach (var device in persons.DevicesSeenWith(source))
                Part(device, ReceiptOrder.First, update => update.FollowsDevice && persons.OwnerOf(device, update.Order, knownBy) == source);
            if (!unprefixed.Value.TryGetValue(source, out var names)) continue;
            foreach (var name in names) Part(name, countsAfter, null);
        }
        // Nearly every person has one history, whole: it keeps its own folds.
        if (parts.Count == 0) return ProfileHistory.Empty;
        if (parts is [{ Counts: null } one] && one.CountsAfter == ReceiptOrder.First) return one.History;
        return ProfileHistory.Of(parts.SelectMany(part => part.History.Updates.ToArray()
            .Where(update => update.Order > part.CountsAfter && part.Counts?.Invoke(update) != false)));

        void Part(string of, ReceiptOrder countsAfter, Func<ProfileUpdate, bool>? counts)
        {
            if (histories.TryGetValue(of, out var history)) parts.Add((history, countsAfter, counts));
        }
    }

    /// <summary>Whether the profile that an id's updates go to has to do with a shared device: then more than its links decides.</summary>
    bool FollowsTimelines(string id) => persons.HasTimelines && followsTimelines.GetOrAdd(id, static (id, persons) =>
        persons.ProfileOf(id, ReceiptOrder.Last).Any(source => persons.DependsOnReceipt(source.Id) || persons.DevicesSeenWith(source.Id).Count > 0), persons);

    static List<string> EveryPerson(PersonMap persons, ConcurrentDictionary<string, ProfileHistory> histories)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, history) in histories)
        {
            var key = persons.ProfileKeyOf(id);
            if (persons.DependsOnReceipt(key))
                foreach (var update in history.Updates) Add(update.FollowsDevice ? persons.OwnerOf(key, update.Order, ReceiptOrder.Last) : key);
            else
                Add(key);
        }
        return [.. all];

        // A mapped user's profile is its own, but the person is the one it is mapped to.
        void Add(string id)
        {
            var owner = persons.ProfileOwnerOf(id);
            if (persons.PersonOf(owner) == owner) all.Add(owner);
        }
    }

    /// <summary>Updates that named a linked device without its prefix, by the device.</summary>
    static ConcurrentDictionary<string, List<string>> UnprefixedDevices(PersonMap persons, ConcurrentDictionary<string, ProfileHistory> histories)
    {
        var all = new ConcurrentDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var id in histories.Keys)
        {
            var device = persons.ProfileKeyOf(id);
            if (!ReferenceEquals(device, id)) all.GetOrAdd(device, _ => []).Add(id);
        }
        return all;
    }
}
