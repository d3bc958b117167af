using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Cairn.Projects.Aggregates;

/// <summary>
/// The first scheduled aggregate: after a day of a project has closed, counts its events by name and its active users, once; again when events arrive late.
/// </summary>
/// <remarks>
/// A run notes the days to count in the project's state before it counts them, together with the rows it has looked at, so one that dies is finished by the
/// next, and days missed while nothing ran are caught up. One runner at a time by a lease; two do no harm.
/// </remarks>
public sealed partial class EventsByName(
    ProjectStore projects, IEventSource events, IArrivals arrivals, DayCounter counter, AggregateStore store, IBlobStore blobs, CompactionLimits compaction, TimeProvider clock,
    ILogger<EventsByName> log)
{
    /// <summary>Days counted at once: more read the same rows once, fewer keep less in memory.</summary>
    const int MaxDaysAtOnce = 31;

    /// <summary>The lease is renewed after each stretch of days, which take seconds.</summary>
    static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60);

    readonly LateArrivals late = new(arrivals, events);
    readonly LastLooks looks = new(compaction, clock);

    /// <summary>Brings every project up to date; one whose rows can't be read is left for the next run.</summary>
    public async Task<JobEnd> RunAsync(CancellationToken cancellationToken)
    {
        await using var lease = await blobs.TryLeaseAsync("leases/events-by-name", LeaseDuration, cancellationToken);
        if (lease is null) return JobEnd.LeftToAnother;
        var end = JobEnd.Well;
        foreach (var project in await projects.ListAsync(cancellationToken))
        {
            try
            {
                if (!await RunAsync(project, lease, cancellationToken)) return JobEnd.LeftToAnother;
            }
            catch (Exception e) when (e is StorageUnavailableException or RowFileGoneException or InvalidDataException or DefinitionException)
            {
                LogProjectFailed(log, project.Id, e);
                end = JobEnd.Partly;
            }
        }
        return end;
    }

    /// <returns>False where somebody else has taken over.</returns>
    async Task<bool> RunAsync(Project project, IBlobLease lease, CancellationToken cancellationToken)
    {
        var zone = DateTimeZoneProviders.Tzdb[project.TimeZone];
        var reported = new ReportProject(project.Id, project.IdentityMode, zone);
        var found = await store.FindStateAsync(project.Id, cancellationToken);
        var etag = found?.ETag;
        var before = found?.Value is { } kept && kept.TimeZone == project.TimeZone ? kept : AggregateState.Fresh(project.TimeZone);
        var state = await TakeUpAsync(project, before, new ProjectDays(zone), cancellationToken);
        if (state != before && (etag = await store.PutStateAsync(project.Id, state, etag, cancellationToken)) is null) return false;

        while (state.Due.Count > 0)
        {
            var last = state.Due.TakeWhile(date => date.DayNumber - state.Due[0].DayNumber < MaxDaysAtOnce).Last();
            var due = state.Due.Where(date => date <= last).ToHashSet();
            foreach (var day in await counter.CountAsync(reported, state.Due[0], last, cancellationToken))
            {
                if (due.Contains(day.Date)) await store.PutDayAsync(project.Id, day, cancellationToken);
            }
            LogCounted(log, due.Count, project.Id, state.Due[0], last);
            state = state with { Due = [.. state.Due.Where(date => date > last)] };
            if ((etag = await store.PutStateAsync(project.Id, state, etag, cancellationToken)) is null) return false;
            if (!await lease.RenewAsync(cancellationToken)) return false;
        }
        return true;
    }

    /// <summary>The state with everything noted that is to be counted now.</summary>
    async Task<AggregateState> TakeUpAsync(Project project, AggregateState state, ProjectDays days, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var lastClosed = days.LastClosed(Instant.FromDateTimeOffset(now));
        var (arrived, seen) = await late.FindAsync(
            project.Id, state, days, lastClosed.AddDays(1), () => looks.IsRecent(project.Id, project.TimeZone, state.LookedAt), cancellationToken);
        looks.Note(project.Id, project.TimeZone, now);
        seen = seen with { LookedAt = now };

        // A project's days begin with its making; what it brought along from before is late like anything else.
        var next = state.ClosedThrough?.AddDays(1) ?? days.Of(Instant.FromDateTimeOffset(project.CreatedAt));
        var closed = lastClosed.DayNumber < next.DayNumber ? [] : Enumerable.Range(next.DayNumber, lastClosed.DayNumber - next.DayNumber + 1).Select(DateOnly.FromDayNumber);
        var due = new SortedSet<DateOnly>([.. state.Due, .. arrived, .. closed]);
        var through = state.ClosedThrough is { } known && known > lastClosed ? known : lastClosed;
        return IsSame(state, seen, due, through) ? state : seen with { Due = [.. due], ClosedThrough = through };
    }

    /// <summary>Most runs find nothing new and write nothing.</summary>
    static bool IsSame(AggregateState state, AggregateState seen, SortedSet<DateOnly> due, DateOnly through) =>
        state.ClosedThrough == through
        && due.Count == state.Due.Count
        && seen.SeenSeqs.Count == state.SeenSeqs.Count
        && seen.SeenSeqs.All(pair => state.SeenSeqs.TryGetValue(pair.Key, out var seq) && seq == pair.Value)
        && seen.SeenParts.SequenceEqual(state.SeenParts, StringComparer.Ordinal);
}
