using Cairn.Projects.Aggregates;
using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Cairn.Projects.Reports.Daily;

/// <summary>
/// After a day of a project has closed, computes its scheduled funnels, retention reports and cohorts as of that day's end, once; again where late events or links change it.
/// </summary>
/// <remarks>
/// A run notes what is due in the project's state before it computes anything, together with the rows and links that it has looked at, so one that dies is finished by
/// the next, and days missed while nothing ran are caught up. One runner at a time by a lease; two do no harm. Why a stored day stays right: docs/decisions, "Stored days".
/// </remarks>
public sealed partial class DailyReports(
    ProjectStore projects, SavedReports saved, IReportAnswers answers, IEventSource events, IPersonDirectory persons, IArrivals arrivals, DailyStore store, ErasureStore erasures, IBlobStore blobs,
    CompactionLimits compaction, TimeProvider clock, ILogger<DailyReports> log)
{
    /// <summary>The lease is renewed after each day's reports.</summary>
    static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60);

    /// <summary>Answers between two looks at the lease: each takes well under a second.</summary>
    const int AnswersBeforeRenewal = 20;

    readonly LateArrivals late = new(arrivals, events);
    readonly MovedDays moved = new(persons, events, arrivals);
    readonly LastLooks looks = new(compaction, clock);

    /// <summary>Whether a report is computed daily: a funnel, a retention report or a cohort, with that schedule, in its project's own days.</summary>
    public static bool Takes(SavedReport report, string timeZone) =>
        report.Content.Schedule == ReportSchedule.Daily && report.Kind is ReportKind.Funnels or ReportKind.Retention or ReportKind.Cohorts
        && (QuestionZone.Of(report.Definition) is not { } own || own == timeZone);

    /// <summary>Brings every project up to date; one whose rows can't be read is left for the next run.</summary>
    public async Task<JobEnd> RunAsync(CancellationToken cancellationToken)
    {
        await using var lease = await blobs.TryLeaseAsync("leases/daily-reports", LeaseDuration, cancellationToken);
        if (lease is null) return JobEnd.LeftToAnother;
        var end = JobEnd.Well;
        foreach (var project in await projects.ListAsync(cancellationToken))
        {
            try
            {
                if (!await RunAsync(project, lease, cancellationToken)) return JobEnd.LeftToAnother;
            }
            catch (Exception e) when (e is StorageUnavailableException or RowFileGoneException or InvalidDataException)
            {
                LogProjectFailed(log, project.Id, e);
                end = JobEnd.Partly;
            }
        }
        return end;
    }

    /// <summary>Brings one project up to date.</summary>
    /// <returns>False where somebody else has taken over.</returns>
    public async Task<bool> RunAsync(Project project, IBlobLease lease, CancellationToken cancellationToken)
    {
        var zone = DateTimeZoneProviders.Tzdb[project.TimeZone];
        var reported = new ReportProject(project.Id, project.IdentityMode, zone);
        var reports = (await saved.ListAsync(project.Id, cancellationToken)).Where(report => Takes(report, project.TimeZone)).ToDictionary(report => report.Id, StringComparer.Ordinal);
        var found = await store.FindStateAsync(project.Id, cancellationToken);
        if (found is null && reports.Count == 0) return true;

        var etag = found?.ETag;
        var before = found?.Value is { } kept && kept.TimeZone == project.TimeZone ? kept : DailyState.Fresh(project.TimeZone);
        var (state, map) = await TakeUpAsync(project, reported, reports, before, cancellationToken);
        if (!before.SaysTheSameAs(state) && (etag = await store.PutStateAsync(project.Id, state, etag, cancellationToken)) is null) return false;
        moved.Note(project.Id, map);
        foreach (var gone in before.Reports.Keys.Except(state.Reports.Keys)) await store.DeleteAsync(project.Id, gone, cancellationToken);

        // The newest day of every report comes first: it is the one that is looked at.
        while (state.NewestDue(AnswersBeforeRenewal) is { Count: > 0 } due)
        {
            foreach (var (reportId, date) in due) await ComputeAsync(reported, project.TimeZone, reports[reportId], date, cancellationToken);
            state = state.Without(due);
            if ((etag = await store.PutStateAsync(project.Id, state, etag, cancellationToken)) is null) return false;
            if (!await lease.RenewAsync(cancellationToken)) return false;
        }
        return true;
    }

    async Task ComputeAsync(ReportProject project, string timeZone, SavedReport report, DateOnly date, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        try
        {
            var answer = await answers.AnswerAsync(report, project, date, cancellationToken);
            var day = new StoredDay(date, timeZone, DefinitionKey.Of(report.Kind, report.Definition), now, answer.DataUpTo, answer.Json);
            await store.PutAsync(project.Id, report.Id, day, cancellationToken);
            LogComputed(log, report.Id, project.Id, date);
        }
        catch (Exception e) when (e is DefinitionException or ExpressionException)
        {
            // Whoever asks for it hears what is wrong; computing it again tomorrow may go well.
            LogReportFailed(log, report.Id, project.Id, date, e);
        }
    }

    /// <summary>The state with everything noted that is to be computed now, and the map of persons that it has seen.</summary>
    async Task<(DailyState State, Model.Identity.PersonMap Map)> TakeUpAsync(
        Project project, ReportProject reported, IReadOnlyDictionary<string, SavedReport> reports, DailyState state, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var days = new ProjectDays(reported.Zone);
        var lastClosed = days.LastClosed(Instant.FromDateTimeOffset(now));
        var (arrived, seenRows) = await late.FindAsync(
            project.Id, state.Rows, days, lastClosed.AddDays(1), () => looks.IsRecent(project.Id, project.TimeZone, state.Rows.LookedAt), cancellationToken);
        looks.Note(project.Id, project.TimeZone, now);
        var (changed, seenLinks, map) = await moved.FindAsync(project, state.SeenLinks, days, lastClosed.AddDays(1), cancellationToken);

        var seenProfiles = await SeenProfilesAsync(project.Id, state.SeenProfiles, cancellationToken);
        var erased = (await erasures.ReadAsync(project.Id, cancellationToken)).Requests;
        var news = new News(changed is null || erased != state.Erasures ? null : [.. arrived, .. changed], !SeenMessages.AreSame(seenProfiles, state.SeenProfiles));

        var next = new Dictionary<string, ReportDays>(StringComparer.Ordinal);
        foreach (var (id, report) in reports.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var key = DefinitionKey.Of(report.Kind, report.Definition);
            next[id] = state.Reports.TryGetValue(id, out var known) && known.DefinitionKey == key
                ? Due(known, lastClosed, news, date => NeedsOf(report, reported, date), days)
                : new(key, lastClosed, lastClosed, lastClosed, [lastClosed]);
        }
        return (state with { Rows = seenRows with { LookedAt = now }, SeenLinks = seenLinks, SeenProfiles = seenProfiles, Erasures = erased, Reports = next }, map);
    }

    async Task<IReadOnlyDictionary<string, long>> SeenProfilesAsync(string projectId, IReadOnlyDictionary<string, long> before, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var kind in new[] { RowLayout.ProfileUpdates, RowLayout.GroupUpdates })
        {
            var own = before.Where(pair => pair.Key.StartsWith($"{kind}/", StringComparison.Ordinal)).ToDictionary(pair => pair.Key[(kind.Length + 1)..], pair => pair.Value, StringComparer.Ordinal);
            foreach (var (stream, seq) in await arrivals.SinceAsync(projectId, kind, own, cancellationToken)) seen[$"{kind}/{stream}"] = seq;
        }
        return seen;
    }

    /// <summary>A report's days with those due that have closed, and those whose answers what is new may change.</summary>
    /// <param name="needsOf">What the answer of a day depends on; null where it can't be asked any more.</param>
    static ReportDays Due(ReportDays known, DateOnly lastClosed, News news, Func<DateOnly, AnswerNeeds?> needsOf, ProjectDays days)
    {
        var due = new SortedSet<DateOnly>(known.Due);
        for (var date = known.Through.AddDays(1); date <= lastClosed; date = date.AddDays(1)) due.Add(date);
        for (var date = known.First; date <= known.Through; date = date.AddDays(1))
            if (news.MayTouch(date) && needsOf(date) is { } needs && news.Touches(FirstDay(needs, days), date)) due.Add(date);
        var through = known.Through > lastClosed ? known.Through : lastClosed;
        // What was known of people then is not kept, so only the newest answer can follow their profiles.
        if (!news.Profiles || needsOf(through) is not { ReadsProfiles: true }) return known with { Through = through, Due = [.. due] };
        due.Add(through);
        return known with { Through = through, GoodFrom = through, Due = [.. due] };
    }

    static DateOnly FirstDay(AnswerNeeds needs, ProjectDays days) =>
        needs.FirstEvent.ToUnixTimeMilliseconds() < LateArrivals.EarliestMs ? DateOnly.MinValue : days.Of(needs.FirstEvent);

    AnswerNeeds? NeedsOf(SavedReport report, ReportProject project, DateOnly date)
    {
        try
        {
            return answers.NeedsOf(report, project, date);
        }
        catch (Exception e) when (e is DefinitionException or ExpressionException)
        {
            // Nothing of it will be stored anew.
            return null;
        }
    }

    /// <summary>What has come since the last look.</summary>
    /// <param name="Days">Closed days whose rows have changed, by late events or by links; null: any may have.</param>
    /// <param name="Profiles">Whether any profile was updated.</param>
    sealed record News(IReadOnlyList<DateOnly>? Days, bool Profiles)
    {
        /// <summary>Whether the answer of a day could have changed, whatever it needs.</summary>
        public bool MayTouch(DateOnly date) => Days is null || Days.Any(day => day <= date);

        /// <summary>Whether rows from a day to another have changed.</summary>
        public bool Touches(DateOnly first, DateOnly last) => Days is null || Days.Any(day => day >= first && day <= last);
    }
}
