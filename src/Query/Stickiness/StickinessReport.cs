using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Stickiness;

/// <summary>Answers stickiness reports: on how many days of a week people come.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class StickinessReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<StickinessAnswer> AnswerAsync(StickinessDefinition definition, CancellationToken cancellationToken)
    {
        Task<StickinessAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "stickiness", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<StickinessAnswer> AnswerHereAsync(StickinessDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new StickinessPlan(definition);
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, null, cancellationToken);
        var overall = SeriesOf(plan, [], [.. workers.Select(worker => worker.Overall)]);
        var all = KeyedCells.Join(workers.SelectMany(worker => worker.Series))
            .Select(named => SeriesOf(plan, named.Keys, named.Cells))
            .OrderByDescending(series => series.Rows.Sum(row => (long)row.Size))
            .ThenBy(series => string.Join('\0', series.Keys), StringComparer.Ordinal)
            .ToArray();
        return new(overall, [.. all.Take(definition.Limit)], all.Length, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(StickinessDefinition definition, StickinessCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        if (cell.Keys.Count > 0 && cell.Keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", "give one value for each breakdown, or none for all people");
        var plan = new StickinessPlan(definition);
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, cell, cancellationToken);
        var people = workers.SelectMany(worker => worker.Watched).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    Task<OpenedJourneys> OpenAsync(StickinessPlan plan, CancellationToken cancellationToken) => reader.OpenJourneysAsync(plan.Definition.Project, plan.Properties, cancellationToken);

    static async Task<IReadOnlyList<StickinessWorker>> WorkAsync(StickinessPlan plan, OpenedJourneys opened, StickinessCell? watched, CancellationToken cancellationToken)
    {
        var budget = new CellBudget(opened.Memory);
        return await opened.RunAsync(() => new StickinessWorker(plan, budget, opened.Memory, watched), (worker, shard) => worker.Work(shard), cancellationToken);
    }

    static StickinessSeries SeriesOf(StickinessPlan plan, IReadOnlyList<string> keys, IReadOnlyList<int[]?[]> cells) =>
        new(keys, [.. Enumerable.Range(0, plan.Periods.Count).Select(period => RowOf(plan, period, cells))]);

    static StickinessRow RowOf(StickinessPlan plan, int period, IReadOnlyList<int[]?[]> cells)
    {
        var exactly = new int[plan.UnitsOf(period)];
        foreach (var part in cells)
            for (var units = 0; units < exactly.Length; units++) exactly[units] += part[period]?[units] ?? 0;
        var atLeast = new int[exactly.Length];
        var people = 0;
        for (var units = exactly.Length - 1; units >= 0; units--) atLeast[units] = people += exactly[units];
        return new(plan.Periods.Starts[period], people, exactly, atLeast, plan.IsComplete(period));
    }
}
