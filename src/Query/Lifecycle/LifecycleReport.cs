using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Lifecycle;

/// <summary>Answers lifecycle reports: who is new, still here, back again or gone.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class LifecycleReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<LifecycleAnswer> AnswerAsync(LifecycleDefinition definition, CancellationToken cancellationToken)
    {
        Task<LifecycleAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "lifecycle", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<LifecycleAnswer> AnswerHereAsync(LifecycleDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new LifecyclePlan(definition);
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, null, cancellationToken);
        var all = KeyedCells.Join(workers.SelectMany(worker => worker.Series))
            .Select(named => (Series: new LifecycleSeries(named.Keys, RowsOf(plan, named.Cells)), People: named.Cells.Sum(PeopleOf)))
            .OrderByDescending(named => named.People)
            .ThenBy(named => string.Join('\0', named.Series.Keys), StringComparer.Ordinal)
            .Select(named => named.Series)
            .ToArray();
        return new(RowsOf(plan, [.. workers.Select(worker => worker.Overall)]), [.. all.Take(definition.Limit)], all.Length, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(LifecycleDefinition definition, LifecycleCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new LifecyclePlan(definition);
        plan.RowOf(cell.Row);
        if (cell.Keys is { Count: > 0 } keys && keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", "give one value for each breakdown, or none for all people");
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, cell, cancellationToken);
        var people = workers.SelectMany(worker => worker.Watched).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    Task<OpenedJourneys> OpenAsync(LifecyclePlan plan, CancellationToken cancellationToken) => reader.OpenJourneysAsync(plan.Definition.Project, plan.Properties, cancellationToken);

    static async Task<IReadOnlyList<LifecycleWorker>> WorkAsync(LifecyclePlan plan, OpenedJourneys opened, LifecycleCell? watched, CancellationToken cancellationToken)
    {
        var budget = new CellBudget(opened.Memory);
        return await opened.RunAsync(() => new LifecycleWorker(plan, budget, opened.Memory, watched), (worker, shard) => worker.Work(shard), cancellationToken);
    }

    /// <summary>Each person has one status in the first interval, be it none.</summary>
    static long PeopleOf(int[] counts) => counts.AsSpan(0, LifecycleWorker.StatusCount).ToArray().Sum(count => (long)count);

    static LifecycleRow[] RowsOf(LifecyclePlan plan, IReadOnlyList<int[]> counts) => [.. Enumerable.Range(0, plan.Intervals.Count).Select(row =>
    {
        int Sum(LifecycleStatus status) => counts.Sum(part => part[row * LifecycleWorker.StatusCount + (int)status]);
        return new LifecycleRow(
            plan.Intervals.Starts[row], Sum(LifecycleStatus.New), Sum(LifecycleStatus.Current), Sum(LifecycleStatus.Resurrected), Sum(LifecycleStatus.Dormant), plan.IsComplete(row));
    })];
}
