using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Sessions;

/// <summary>Answers sessions reports: how many visits, how long, and what they begin and end with.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class SessionsReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<SessionsAnswer> AnswerAsync(SessionsDefinition definition, CancellationToken cancellationToken)
    {
        Task<SessionsAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "sessions", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<SessionsAnswer> AnswerHereAsync(SessionsDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new SessionsPlan(definition);
        using var opened = await reader.OpenJourneysAsync(definition.Project, plan.Properties, cancellationToken);
        var workers = await CountAsync(plan, opened, null, null, cancellationToken);
        var ranked = Ranked(workers);
        if (ranked.Count > definition.Limit)
        {
            // What is left is told together, each person of it once: known only when the largest are.
            workers = [];
            opened.Memory.GiveBack();
            workers = await CountAsync(plan, opened, ranked.Take(definition.Limit).ToHashSet(StringComparer.Ordinal), null, cancellationToken);
        }
        return Answer(plan, opened, workers, ranked, startedAt, cancellationToken);
    }

    /// <summary>The sessions behind one number of the answer, by person and time: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<FoundSession> Sessions, Coverage Coverage)> SessionsAsync(SessionsDefinition definition, SessionsNumber number, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var (plan, bucket) = Check(definition, number);
        using var opened = await reader.OpenJourneysAsync(definition.Project, plan.Properties, cancellationToken);
        var workers = await WatchAsync(plan, opened, number, bucket, cancellationToken);
        var sessions = workers.SelectMany(worker => worker.Watched)
            .Select(session => new FoundSession(opened.Persons[session.Person], session.StartMs, session.LengthMs, session.Events, session.Entry, session.Exit))
            .Order(FoundSession.Order).ToArray();
        return (sessions, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The users behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <remarks>Where an event or a length is asked for, those with such a session.</remarks>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> UsersAsync(SessionsDefinition definition, SessionsNumber number, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var (plan, bucket) = Check(definition, number);
        using var opened = await reader.OpenJourneysAsync(definition.Project, plan.Properties, cancellationToken);
        var workers = await WatchAsync(plan, opened, number, bucket, cancellationToken);
        var asksForSome = number.Entry is not null || number.Exit is not null || number.FromMs > 0 || number.UntilMs is not null;
        var codes = plan.CountsActive && !asksForSome ? workers.SelectMany(worker => worker.WatchedUsers) : workers.SelectMany(worker => worker.Watched).Select(session => session.Person);
        var people = codes.Distinct().Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    static (SessionsPlan Plan, int Bucket) Check(SessionsDefinition definition, SessionsNumber number)
    {
        var plan = new SessionsPlan(definition);
        if (number.Keys.Count > 0 && number.Keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", "give one value for each breakdown, or none for all sessions");
        var bucket = number.Bucket is { } start ? plan.Buckets.Starts.ToList().IndexOf(start) : -1;
        if (number.Bucket is not null && bucket < 0) throw new DefinitionException("people.bucket", "give the start of one of the answer's buckets");
        return (plan, bucket);
    }

    static async Task<IReadOnlyList<SessionsWorker>> WatchAsync(SessionsPlan plan, OpenedJourneys opened, SessionsNumber number, int bucket, CancellationToken cancellationToken)
    {
        IReadOnlySet<string>? chosen = null;
        if (number.IsOther)
        {
            chosen = Ranked(await CountAsync(plan, opened, null, null, cancellationToken)).Take(plan.Definition.Limit).ToHashSet(StringComparer.Ordinal);
            opened.Memory.GiveBack();
        }
        return await CountAsync(plan, opened, chosen, new(number, bucket), cancellationToken);
    }

    static Task<IReadOnlyList<SessionsWorker>> CountAsync(
        SessionsPlan plan, OpenedJourneys opened, IReadOnlySet<string>? chosen, SessionsWatch? watch, CancellationToken cancellationToken) =>
        opened.RunAsync(() => new SessionsWorker(plan, chosen, opened.Memory, watch), (worker, shard) => worker.Work(shard), cancellationToken);

    /// <summary>The names of all breakdown values with sessions, those with the most first.</summary>
    static List<string> Ranked(IReadOnlyList<SessionsWorker> workers) => [.. workers
        .SelectMany(worker => worker.Tally.Series).Where(series => series.Kind == SessionSeriesKind.Value)
        .GroupBy(series => SessionTally.NameOf(series.Keys), StringComparer.Ordinal)
        .Select(group => (Name: group.Key, group.First().Keys, Sessions: group.Sum(series => series.Sessions)))
        .OrderByDescending(one => one.Sessions).ThenBy(one => string.Join('\0', one.Keys), StringComparer.Ordinal)
        .Select(one => one.Name)];

    SessionsAnswer Answer(SessionsPlan plan, OpenedJourneys opened, IReadOnlyList<SessionsWorker> workers, List<string> ranked, long startedAt, CancellationToken cancellationToken)
    {
        var joined = new JoinedSessions(plan, opened.Context.Columns.PoolOf(Storage.Rows.RowLayout.Event), opened.Memory, cancellationToken);
        var ofValues = workers.SelectMany(worker => worker.Tally.Series).ToLookup(series => series.Kind == SessionSeriesKind.Other ? "" : SessionTally.NameOf(series.Keys), StringComparer.Ordinal);
        var answered = new List<SessionSeries> { joined.SeriesOf([.. workers.Select(worker => worker.Tally.Whole)]) };
        foreach (var name in ranked.Take(plan.Definition.Limit)) answered.Add(joined.SeriesOf([.. ofValues[name]]));
        if (ranked.Count > plan.Definition.Limit) answered.Add(joined.SeriesOf([.. ofValues[""]]));
        var nowMs = plan.Definition.Now.ToUnixTimeMilliseconds();
        return new(
            plan.Buckets.Starts, [.. Enumerable.Range(0, plan.Buckets.Count).Select(bucket => plan.Buckets.EndMs(bucket) <= nowMs)], answered, ranked.Count,
            opened.Covered(clock.GetElapsedTime(startedAt)));
    }
}
