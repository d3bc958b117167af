using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Cairn.Model.Identity;

/// <summary>Who is one person, at one moment. Never changes; safe to share between threads.</summary>
/// <remarks>An id that no claim names is a person of its own. Looking up makes no garbage where the id is known.</remarks>
[SuppressMessage("Naming", "CA1724", Justification = "the word of the field")]
public sealed class PersonMap
{
    readonly IdentityMode mode;
    readonly ConcurrentDictionary<string, int> numbers;
    readonly string[] names;
    readonly PersonLinks?[] links;
    readonly Dictionary<int, DeviceTimeline> timelines;
    Dictionary<int, List<int>>? devicesByUser;

    internal PersonMap(
        IdentityMode mode,
        ConcurrentDictionary<string, int> numbers,
        string[] names,
        PersonLinks?[] links,
        Dictionary<int, DeviceTimeline> timelines)
    {
        this.mode = mode;
        this.numbers = numbers;
        this.names = names;
        this.links = links;
        this.timelines = timelines;
    }

    /// <summary>Nobody is linked to anybody.</summary>
    public static PersonMap Empty(IdentityMode mode) => new(mode, new(StringComparer.Ordinal), [], [], []);

    /// <summary>The canonical id of an id's person.</summary>
    public string PersonOf(string id) =>
        TryFind(id, out var number) && links[number] is { } person ? names[person.Canonical] : id;

    /// <summary>
    /// What links and timelines made since an older map changed for rows; null where the other is no earlier map of the same fold. Costs a look
    /// at each id that claims name.
    /// </summary>
    public PersonMoves? MovesSince(PersonMap older)
    {
        if (ReferenceEquals(this, older)) return PersonMoves.None;
        if (!ReferenceEquals(numbers, older.numbers) || older.links.Length > links.Length) return null;
        var whole = new Dictionary<string, string>(StringComparer.Ordinal);
        var split = new HashSet<string>(StringComparer.Ordinal);
        var movedOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < links.Length; id++)
        {
            var before = id < older.links.Length ? older.links[id] : null;
            var (from, to) = (before?.Canonical ?? id, links[id]?.Canonical ?? id);
            if (from == to) continue;
            if (!whole.TryAdd(names[from], names[to]) && whole[names[from]] != names[to]) split.Add(names[from]);
            movedOf[names[from]] = movedOf.GetValueOrDefault(names[from]) + 1;
        }
        // A person of n links has n + 1 ids, and an id that no claim named is one.
        foreach (var (person, moved) in movedOf)
            if (moved != older.IdCountOf(person)) split.Add(person);
        foreach (var device in timelines.Keys.Concat(older.timelines.Keys).Where(device => timelines.GetValueOrDefault(device) != older.timelines.GetValueOrDefault(device)))
        {
            split.Add(older.PersonOf(names[device]));
            split.Add(PersonOf(names[device]));
            if (older.timelines.TryGetValue(device, out var known)) AddUsers(known, older);
            if (timelines.TryGetValue(device, out var timeline)) AddUsers(timeline, this);
        }
        // Whoever gets some of a person's rows may have rows already.
        for (var id = 0; id < links.Length; id++)
        {
            var before = id < older.links.Length ? older.links[id] : null;
            if (split.Contains(names[before?.Canonical ?? id])) split.Add(names[links[id]?.Canonical ?? id]);
        }
        foreach (var person in split) whole.Remove(person);
        return new(whole, split);

        void AddUsers(DeviceTimeline timeline, PersonMap map)
        {
            foreach (var user in timeline.Users) split.Add(map.PersonOf(names[user]));
        }
    }

    int IdCountOf(string person) => TryFind(person, out var number) && links[number] is { } joined ? joined.Links.Length + 1 : 1;

    /// <summary>The canonical id of the person an event or update is from; empty where it says nothing of who.</summary>
    public string PersonOf(in SeenIds ids) => PersonOf(AddressOf(ids));

    /// <summary>
    /// The id that an event or update is from before links are followed: its user, by Amplitude's rule the user its device was seen with, or its
    /// device with prefix; empty where it says nothing of who.
    /// </summary>
    public string AddressOf(in SeenIds ids)
    {
        var said = AddressSaid(ids, out var isDevice);
        return isDevice && TryFind(said, out var number) && timelines.TryGetValue(number, out var timeline) ? names[timeline.UserAt(ids.Receipt)] : said;
    }

    /// <summary>What the sender says by itself; and whether it is a device of Amplitude's, so that a timeline may say more.</summary>
    string AddressSaid(in SeenIds ids, out bool isDevice) => AddressSaid(mode, ids, out isDevice);

    /// <summary>
    /// The id that an event's ids say by themselves, before any link or timeline; empty where they say nothing of who.
    /// </summary>
    /// <param name="isDevice">Whether it is a device of Amplitude's, so that a timeline may say more.</param>
    public static string AddressSaid(IdentityMode mode, in SeenIds ids, out bool isDevice)
    {
        isDevice = false;
        if (ids.Dialect == Dialect.Mixpanel && mode == IdentityMode.Original && !string.IsNullOrEmpty(ids.DistinctId)) return ids.DistinctId;
        if (!string.IsNullOrEmpty(ids.UserId)) return ids.UserId;
        isDevice = ids.Dialect == Dialect.Amplitude;
        return string.IsNullOrEmpty(ids.DeviceId) ? ids.DistinctId ?? "" : DeviceOf(ids.DeviceId, ids.DistinctId);
    }

    /// <summary>
    /// The same by what was known before the event or update was received: an anonymous device is itself until then.
    /// </summary>
    public string AddressThen(in SeenIds ids)
    {
        var said = AddressSaid(ids, out var isDevice);
        if (!isDevice || !TryFind(said, out var number) || !timelines.TryGetValue(number, out var timeline)) return said;
        return timeline.UserAt(ids.Receipt, ids.Receipt) is { } user ? names[user] : said;
    }

    /// <summary>
    /// Whose an update of Amplitude's is that names this device (with prefix) and no user, by what is known before <paramref name="knownBy"/>: the
    /// device's own where no user was known by then.
    /// </summary>
    public string OwnerOf(string device, ReceiptOrder receipt, ReceiptOrder knownBy)
    {
        if (!TryFind(device, out var number) || !timelines.TryGetValue(number, out var timeline)) return device;
        return timeline.UserAt(receipt, knownBy) is { } user ? names[user] : device;
    }

    /// <summary>
    /// Which user a device (with prefix) was from when on, where the person of Amplitude's events without a user depends on their receipt; empty
    /// elsewhere. The first turn holds for all that came before it as well.
    /// </summary>
    public IReadOnlyList<(ReceiptOrder From, string User)> TurnsOf(string device)
    {
        if (!TryFind(device, out var number) || !timelines.TryGetValue(number, out var timeline)) return [];
        var turns = new List<(ReceiptOrder, string)>();
        for (var turn = 0; turn < timeline.Users.Length; turn++) turns.Add((turn == 0 ? ReceiptOrder.First : timeline.Froms[turn], names[timeline.Users[turn]]));
        return turns;
    }

    /// <summary>The devices (with prefix) of which some of Amplitude's updates without a user are this user's, by receipt.</summary>
    public IReadOnlyList<string> DevicesSeenWith(string user) =>
        TryFind(user, out var number) && DevicesByUser().TryGetValue(number, out var devices) ? devices.ConvertAll(device => names[device]) : [];

    Dictionary<int, List<int>> DevicesByUser()
    {
        if (devicesByUser is { } known) return known;
        var all = new Dictionary<int, List<int>>();
        foreach (var (device, timeline) in timelines)
        {
            foreach (var user in timeline.Users)
            {
                if (!all.TryGetValue(user, out var devices)) all[user] = devices = [];
                if (devices.Count == 0 || devices[^1] != device) devices.Add(device);
            }
        }
        return devicesByUser = all;
    }

    /// <summary>Each id whose person has another canonical id, with that one: for engines that follow links by a table of their own.</summary>
    public IEnumerable<(string Id, string Person)> LinkedIds()
    {
        for (var id = 0; id < links.Length; id++)
            if (links[id] is { } person && person.Canonical != id) yield return (names[id], names[person.Canonical]);
    }

    /// <summary>Each device (with prefix) of several users, with their turns: whose it is from which receipt on, ascending; before the first turn it is the first user's.</summary>
    public IEnumerable<(string Device, IReadOnlyList<(ReceiptOrder From, string User)> Turns)> SharedDevices() =>
        timelines.Select(timeline => (names[timeline.Key], timeline.Value.Turns(names)));

    /// <summary>Whether there is any device for which <see cref="DependsOnReceipt(string)"/> holds.</summary>
    public bool HasTimelines => timelines.Count > 0;

    /// <summary>Whether the person of Amplitude's events without a user on this device (with prefix) depends on their receipt.</summary>
    public bool DependsOnReceipt(string device) => TryFind(device, out var number) && timelines.ContainsKey(number);

    /// <summary>Whether the person of a row of these ids depends on its receipt.</summary>
    public bool DependsOnReceipt(in SeenIds ids) => HasTimelines && AddressSaid(ids, out var isDevice) is var said && isDevice && DependsOnReceipt(said);

    /// <summary>
    /// The ids whose updates make up the profile that an id's updates go to, over the links received before
    /// <paramref name="before"/>; each with the place after which its own updates count. The id whose profile it is comes first.
    /// </summary>
    public IReadOnlyList<(string Id, ReceiptOrder CountsAfter)> ProfileOf(string id, ReceiptOrder before)
    {
        if (!TryFind(id, out var number) || links[number] is not { } person) return [(id, ReceiptOrder.First)];
        return person.ProfileOf(number, before).ConvertAll(member => (names[member.Id], member.CountsAfter));
    }

    /// <summary>
    /// The profile's own id alone: the first of <see cref="ProfileOf"/> by all links.
    /// </summary>
    public string ProfileOwnerOf(string id) =>
        TryFind(id, out var number) && links[number] is { } person ? names[person.ProfileOf(number, ReceiptOrder.Last)[0].Id] : id;

    /// <summary>How many of the person's links were received before a place: as long as it is the same, so is <see cref="ProfileOf"/>.</summary>
    public int LinksBefore(string id, ReceiptOrder before) =>
        TryFind(id, out var number) && links[number] is { } person ? person.CountBefore(before) : 0;

    /// <summary>Where a profile update that names a linked device without its prefix goes: to the device, so to its user.</summary>
    /// <remarks>Only Mixpanel's simplified system needs it: there a device id reaches its user's profile.</remarks>
    public string ProfileKeyOf(string id)
    {
        if (mode != IdentityMode.Simplified || TryFind(id, out _)) return id;
        var device = AnonymousId.DevicePrefix + id;
        return TryFind(device, out var number) && links[number] is not null ? device : id;
    }

    /// <summary>The device's id with prefix: the distinct id, where it is the same.</summary>
    static string DeviceOf(string deviceId, string? distinctId) =>
        distinctId is not null && AnonymousId.IsDevice(distinctId) && distinctId.AsSpan(AnonymousId.DevicePrefix.Length).SequenceEqual(deviceId)
            ? distinctId
            : AnonymousId.DevicePrefix + deviceId;

    bool TryFind(string id, out int number) => numbers.TryGetValue(id, out number) && number < links.Length;
}
