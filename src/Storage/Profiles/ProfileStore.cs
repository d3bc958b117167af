using System.Collections.Concurrent;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Identity;
using Cairn.Storage.Lookup;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Profiles;

/// <summary>Look-up copies of profiles, one row for each id that got an update: a profile is found without reading files.</summary>
/// <remarks>
/// Bringing the same updates again, in other batches, changes nothing. A row belongs to an id as sent, for who is one person may
/// change at any time; persons are put together when asked for. Layout: docs/formats/tables.md.
/// </remarks>
public sealed class ProfileStore(ITableStore tables, IBlobStore blobs, IUpdateSource stored, PersonLookup persons, IProfileDirectory directory)
{
    readonly LookupTable profiles = new(tables, blobs, "profiles");
    readonly LookupTable groups = new(tables, blobs, "groups");

    /// <summary>Applies updates of persons, each once.</summary>
    /// <exception cref="StorageUnavailableException">Some may be applied: bring all again.</exception>
    public Task ApplyAsync(string projectId, IReadOnlyCollection<PlacedUpdate> updates, CancellationToken cancellationToken) =>
        ApplyAsync(profiles, RowLayout.ProfileUpdates, projectId, updates, cancellationToken);

    /// <summary>Applies updates of groups, each once; ids are <see cref="GroupKey"/>s.</summary>
    /// <inheritdoc cref="ApplyAsync(string, IReadOnlyCollection{PlacedUpdate}, CancellationToken)"/>
    public Task ApplyToGroupsAsync(string projectId, IReadOnlyCollection<PlacedUpdate> updates, CancellationToken cancellationToken) =>
        ApplyAsync(groups, RowLayout.GroupUpdates, projectId, updates, cancellationToken);

    /// <summary>The person an id belongs to, with all ids and what is known now; null where neither a claim nor an update names the id.</summary>
    public async Task<FoundProfile?> FindAsync(string projectId, IdentityMode mode, string id, CancellationToken cancellationToken)
    {
        var person = await persons.FindAsync(projectId, mode, id, cancellationToken);
        if (await TryFoldAsync(projectId, id, person, cancellationToken) is { } found) return found.Profile is null && person.Found is null ? null : found;

        // A shared device, or a long history under several ids: only the rows know.
        var map = await persons.ReadMapAsync(projectId, mode, cancellationToken);
        var of = map.ProfileOwnerOf(id);
        return new(person.Found ?? Alone(id), of, (await directory.ReadAsync(projectId, map, cancellationToken)).Current(of));
    }

    /// <summary>A group's profile; null where it has none.</summary>
    public async Task<Profile?> FindGroupAsync(string projectId, string type, string id, CancellationToken cancellationToken) =>
        ProfileRow.Read((await groups.FindAsync(projectId, GroupKey.Of(type, id), cancellationToken)).Content).Current;

    /// <summary>Deletes the rows of some ids, and makes those anew of which updates are left.</summary>
    /// <returns>Rows that went, or became others.</returns>
    public async Task<int> EraseAsync(string projectId, IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in ids)
            if ((await profiles.FindAsync(projectId, id, cancellationToken)).ETag is not null) there.Add(id);
        if (there.Count == 0) return 0;
        // What somebody new with one of the ids has sent since stays.
        var left = await stored.ReadAsync(projectId, RowLayout.ProfileUpdates, there, cancellationToken);
        await profiles.ChangeAsync(projectId, there, (_, _) => new([]), cancellationToken);
        await profiles.ChangeAsync(projectId, left.Keys, (found, _) =>
        {
            var row = ProfileRow.Read(found.Content);
            row.Rebuild(left[found.Id], []);
            return new(row.Write());
        }, cancellationToken);
        return there.Count;
    }

    /// <summary>Puts a person's profile together from the rows of its ids; null where rows don't say enough.</summary>
    async Task<FoundProfile?> TryFoldAsync(string projectId, string id, LookedUpPerson person, CancellationToken cancellationToken)
    {
        if (person.Map is not { } map) return null;
        var sources = map.ProfileOf(id, ReceiptOrder.Last);
        var owner = sources[0].Id;
        if (sources.Any(source => map.DependsOnReceipt(source.Id) || map.DevicesSeenWith(source.Id).Count > 0)) return null;

        var rows = new List<(ProfileRow Row, ReceiptOrder CountsAfter)>();
        foreach (var (source, countsAfter) in sources)
        {
            var row = ProfileRow.Read((await profiles.FindAsync(projectId, source, cancellationToken)).Content);
            if (!row.IsWhole || row.Young.Count > 0) rows.Add((row, countsAfter));
        }
        var ids = person.Found ?? Alone(id);
        if (rows is [var (only, after)] && after == ReceiptOrder.First) return new(ids, owner, only.Current);
        if (!rows.TrueForAll(row => row.Row.IsWhole)) return null;
        return new(ids, owner, ProfileHistory.Of(rows.SelectMany(row => row.Row.Young.Where(update => update.Order > row.CountsAfter))).Current);
    }

    async Task ApplyAsync(LookupTable table, string kind, string projectId, IReadOnlyCollection<PlacedUpdate> updates, CancellationToken cancellationToken)
    {
        var byId = updates.Where(update => update.Id.Length > 0).GroupBy(update => update.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        var late = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await table.ChangeAsync(projectId, byId.Keys, (found, _) =>
        {
            var row = ProfileRow.Read(found.Content);
            var isInTime = byId[found.Id].TrueForAll(update => row.Apply(update));
            if (!isInTime) late[found.Id] = true;
            return new(isInTime && row.HasChanged ? row.Write() : null);
        }, cancellationToken);
        if (late.IsEmpty) return;

        var all = await stored.ReadAsync(projectId, kind, late.Keys.ToHashSet(StringComparer.Ordinal), cancellationToken);
        await table.ChangeAsync(projectId, late.Keys, (found, _) =>
        {
            var row = ProfileRow.Read(found.Content);
            row.Rebuild(all.GetValueOrDefault(found.Id, []), byId[found.Id]);
            return new(row.Write());
        }, cancellationToken);
    }

    static PersonIds Alone(string id) => new(id, [new(id, LinkRule.None, "", 0, ProfileJoin.Always)], [], []);
}

/// <summary>A person with what is known now.</summary>
/// <param name="Owner">The id whose profile it is: the person's canonical id, or a user that is mapped to it and keeps a profile of its own.</param>
/// <param name="Profile">Null where there is no profile.</param>
public sealed record FoundProfile(PersonIds Person, string Owner, Profile? Profile);
