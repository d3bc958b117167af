using System.Collections.Concurrent;
using Cairn.Model.Identity;
using Cairn.Projects.Aggregates;
using Cairn.Projects.Keys;
using Cairn.Query.Persons;
using Cairn.Query.Scanning;
using Cairn.Storage.History;
using Cairn.Storage.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using NodaTime;

namespace Cairn.Projects.Reports.Daily;

/// <summary>Finds the closed days on which rows have become another person's, by links made since the last look.</summary>
/// <remarks>
/// This process keeps the map of persons that it looked at last and compares the new one with it. One that has just started has none: then, if claims have come since what
/// the state has seen, every day may have changed.
/// </remarks>
sealed class MovedDays(IPersonDirectory persons, IEventSource events, IArrivals arrivals)
{
    /// <summary>Persons that are looked up; of more, every day is taken to have changed.</summary>
    const int MaxMoved = PossiblePersons.MaxIds;

    readonly MovedRows rows = new(events);
    readonly ConcurrentDictionary<string, PersonMap> looked = new(StringComparer.Ordinal);

    /// <summary>The days, ascending (null: any may be), what of claims has been seen, and the map to be remembered once that is noted.</summary>
    public async Task<(IReadOnlyList<DateOnly>? Days, IReadOnlyDictionary<string, long> Seen, PersonMap Map)> FindAsync(
        Project project, IReadOnlyDictionary<string, long> before, ProjectDays days, DateOnly firstOpen, CancellationToken cancellationToken)
    {
        var seen = await arrivals.SinceAsync(project.Id, RowLayout.Identities, before, cancellationToken);
        var map = await persons.ReadAsync(project.Id, project.IdentityMode, cancellationToken);
        if (!looked.TryGetValue(project.Id, out var older)) return (SeenMessages.AreSame(before, seen) ? [] : null, seen, map);
        if (map.MovesSince(older) is not { } moves || moves.Whole.Count + moves.Split.Count > MaxMoved) return (null, seen, map);
        return (await DaysOfAsync(project, [.. moves.Whole.Keys, .. moves.Split], older, map, days, days.StartMs(firstOpen), cancellationToken), seen, map);
    }

    /// <summary>Remembers what <see cref="FindAsync"/> gave, once its days are noted.</summary>
    public void Note(string projectId, PersonMap map) => looked[projectId] = map;

    async Task<IReadOnlyList<DateOnly>> DaysOfAsync(Project project, IReadOnlyList<string> moved, PersonMap older, PersonMap newer, ProjectDays days, long openFromMs, CancellationToken cancellationToken)
    {
        if (moved.Count == 0) return [];
        // A file keeps the person of its day, which may be any id of those that have moved; or whose they are now, where compaction was there first.
        var ids = new HashSet<string>(moved, StringComparer.Ordinal);
        foreach (var person in moved)
            if (await persons.FindAsync(project.Id, project.IdentityMode, person, cancellationToken) is { } known) ids.UnionWith(known.Ids.Select(id => id.Id));
        var times = await rows.FindTimesAsync(project.Id, older, newer, ids, openFromMs, cancellationToken);
        return [.. new SortedSet<DateOnly>(times.Where(ms => ms >= LateArrivals.EarliestMs).Select(ms => days.Of(Instant.FromUnixTimeMilliseconds(ms))))];
    }
}
