using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using NodaTime;

namespace Cairn.Query.Revenue;

/// <summary>Answers revenue reports: what came in when, from how many people, of how many who were active.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class RevenueReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<RevenueAnswer> AnswerAsync(RevenueDefinition definition, CancellationToken cancellationToken)
    {
        Task<RevenueAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "revenue", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<RevenueAnswer> AnswerHereAsync(RevenueDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new RevenuePlan(definition);
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, null, cancellationToken);
        var overall = SeriesOf(plan, [], [.. workers.Select(worker => worker.Overall)]);
        var all = KeyedCells.Join(workers.SelectMany(worker => worker.Series))
            .Select(named => SeriesOf(plan, named.Keys, named.Cells))
            .OrderByDescending(series => series.Whole.Revenue)
            .ThenByDescending(series => series.Whole.Active)
            .ThenBy(series => string.Join('\0', series.Keys), StringComparer.Ordinal)
            .ToArray();
        return new(overall, [.. all.Take(definition.Limit)], all.Length, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(RevenueDefinition definition, RevenueCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new RevenuePlan(definition);
        if (cell.Keys.Count > 0 && cell.Keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", "give one value for each breakdown, or none for all people");
        plan.IndexOf(cell.Row);
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, cell, cancellationToken);
        var people = workers.SelectMany(worker => worker.Watch!.People).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    Task<OpenedJourneys> OpenAsync(RevenuePlan plan, CancellationToken cancellationToken) => reader.OpenJourneysAsync(plan.Definition.Project, plan.Properties, cancellationToken);

    static async Task<IReadOnlyList<RevenueWorker>> WorkAsync(RevenuePlan plan, OpenedJourneys opened, RevenueCell? watched, CancellationToken cancellationToken)
    {
        var budget = new CellBudget(opened.Memory);
        return await opened.RunAsync(() => new RevenueWorker(plan, budget, opened.Memory, watched), (worker, shard) => worker.Work(shard), cancellationToken, withNobody: true);
    }

    static RevenueSeries SeriesOf(RevenuePlan plan, IReadOnlyList<string> keys, IReadOnlyList<RevenueCells> cells)
    {
        RevenueRow Row(int place, LocalDateTime start, bool isComplete) => new(
            start,
            cells.Sum(part => part.Revenue[place]),
            cells.Sum(part => part.Refunds[place]),
            cells.Sum(part => part.Purchases[place]),
            cells.Sum(part => part.PayerCounts[place]),
            cells.Sum(part => part.ActiveCounts[place]),
            isComplete);
        var count = plan.Buckets.Count;
        return new(
            keys,
            [.. Enumerable.Range(0, count).Select(bucket => Row(bucket, plan.Buckets.Starts[bucket], plan.IsComplete(bucket)))],
            Row(count, plan.Buckets.Starts[0], plan.IsComplete(count - 1)));
    }
}
