using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Composition;

/// <summary>Answers how people divide by the values of a property.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class CompositionReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="ExpressionException">A condition met a value it can't judge.</exception>
    public Task<CompositionAnswer> AnswerAsync(CompositionDefinition definition, CancellationToken cancellationToken)
    {
        Task<CompositionAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "composition", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<CompositionAnswer> AnswerHereAsync(CompositionDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var by = ByOf(definition);
        using var opened = await OpenAsync(definition, by, cancellationToken);
        var workers = await WorkAsync(definition, by, opened, null, cancellationToken);
        var all = KeyedCells.Join(workers.SelectMany(worker => worker.Series).Select(tally => (tally.Keys, tally)))
            .OrderByDescending(named => named.Cells.Sum(tally => tally.People))
            .ThenBy(named => string.Join('\0', named.Keys), StringComparer.Ordinal)
            .ToArray();
        var left = all.Skip(definition.Limit).SelectMany(named => named.Cells).ToHashSet();
        var coverage = opened.Covered(clock.GetElapsedTime(startedAt));
        return new(
            workers.Sum(worker => worker.People),
            [.. all.Take(definition.Limit).Select(named => new CompositionSeries(named.Keys, named.Cells.Sum(tally => tally.People)))],
            left.Count == 0 ? 0 : left.Sum(tally => tally.Alone) + workers.Sum(worker => InSeveral(worker, left)),
            all.Length,
            coverage);
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(CompositionDefinition definition, CompositionCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        if (cell.Keys is not null && definition.Values != CompositionValues.Set && cell.Keys.Count != definition.By.Count) throw new DefinitionException("people.keys", "give one value for each property");
        var by = ByOf(definition);
        var isMeant = await MeantAsync(definition, cell, cancellationToken);
        using var opened = await OpenAsync(definition, by, cancellationToken);
        var workers = await WorkAsync(definition, by, opened, isMeant, cancellationToken);
        var people = workers.SelectMany(worker => worker.Watched).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    async Task<Func<IReadOnlyList<string>, bool>> MeantAsync(CompositionDefinition definition, CompositionCell cell, CancellationToken cancellationToken)
    {
        if (cell.Keys is { } keys) return keys.SequenceEqual;
        if (!cell.IsOther) return _ => true;
        var answer = await AnswerHereAsync(definition, cancellationToken);
        return found => !answer.Series.Any(series => series.Keys.SequenceEqual(found));
    }

    static CompiledExpression[] ByOf(CompositionDefinition definition)
    {
        definition.Check();
        return [.. definition.By.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
    }

    Task<OpenedJourneys> OpenAsync(CompositionDefinition definition, CompiledExpression[] by, CancellationToken cancellationToken)
    {
        var properties = by.SelectMany(expression => expression.Inputs).ToHashSet();
        foreach (var filter in definition.Events.Select(selection => selection.Filter).Append(definition.Filter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        return reader.OpenJourneysAsync(definition.Project, properties, cancellationToken);
    }

    static async Task<IReadOnlyList<CompositionWorker>> WorkAsync(
        CompositionDefinition definition, CompiledExpression[] by, OpenedJourneys opened, Func<IReadOnlyList<string>, bool>? isMeant, CancellationToken cancellationToken)
    {
        var budget = new CellBudget(opened.Memory);
        return await opened.RunAsync(() => new CompositionWorker(definition, by, budget, opened.Memory, isMeant), (worker, shard) => worker.Work(shard), cancellationToken);
    }

    /// <summary>How many people of several values have one of those that are left out.</summary>
    static int InSeveral(CompositionWorker worker, HashSet<CompositionTally> left)
    {
        var isLeft = worker.Series.Select(left.Contains).ToArray();
        var (people, lists) = (0, worker.InSeveral);
        for (var at = 0; at < lists.Count; at += lists[at] + 1)
        {
            var hasOne = false;
            for (var i = at + 1; i <= at + lists[at]; i++) hasOne |= isLeft[lists[i]];
            if (hasOne) people++;
        }
        return people;
    }
}
