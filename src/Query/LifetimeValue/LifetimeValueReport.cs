using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.LifetimeValue;

/// <summary>Answers what people had brought so many days after they came.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class LifetimeValueReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<LifetimeValueAnswer> AnswerAsync(LifetimeValueDefinition definition, CancellationToken cancellationToken)
    {
        Task<LifetimeValueAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "lifetime value", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<LifetimeValueAnswer> AnswerHereAsync(LifetimeValueDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new LifetimeValuePlan(definition);
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, null, cancellationToken);
        var join = new LifetimeValueJoin(plan);
        var overall = plan.Compared.Select((_, compared) => join.Series(compared, [], [.. workers.Select(worker => worker.Overall[compared])])).ToArray();
        var all = plan.Compared.Select((_, compared) => KeyedCells
            .Join(workers.SelectMany(worker => worker.Series).Where(series => series.Compared == compared).Select(series => (series.Keys, series.Cells)))
            .Select(named => join.Series(compared, named.Keys, named.Cells))
            .OrderByDescending(series => series.Together.Size)
            .ThenBy(series => string.Join('\0', series.Keys), StringComparer.Ordinal)
            .ToArray()).ToArray();
        return new(overall, [.. all.SelectMany(line => line.Take(definition.Limit))], all.Sum(line => line.Length), opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(LifetimeValueDefinition definition, LifetimeValueCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new LifetimeValuePlan(definition);
        if (cell.ComparedIndex >= plan.Compared.Count) throw new DefinitionException("people.compared", $"give a number from 0 to {plan.Compared.Count - 1}");
        if (cell.Keys.Count > 0 && cell.Keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", "give one value for each breakdown, or none for all people");
        (_, _) = (plan.RowOf(cell.Row), plan.AgeOf(cell.Age));
        using var opened = await OpenAsync(plan, cancellationToken);
        var workers = await WorkAsync(plan, opened, cell, cancellationToken);
        var people = workers.SelectMany(worker => worker.Watch!.People).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    Task<OpenedJourneys> OpenAsync(LifetimeValuePlan plan, CancellationToken cancellationToken) => reader.OpenJourneysAsync(plan.Definition.Project, plan.Properties, cancellationToken);

    static async Task<IReadOnlyList<LifetimeValueWorker>> WorkAsync(LifetimeValuePlan plan, OpenedJourneys opened, LifetimeValueCell? watched, CancellationToken cancellationToken)
    {
        var budget = new CellBudget(opened.Memory);
        return await opened.RunAsync(() => new LifetimeValueWorker(plan, budget, opened.Memory, watched), (worker, shard) => worker.Work(shard), cancellationToken);
    }
}
