using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;

namespace Cairn.Query.Retention;

/// <summary>Answers retention reports: of the people born in a day, week or month, how many come back in which.</summary>
/// <param name="engine">Who else may answer; null: nobody.</param>
public sealed class RetentionReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<RetentionAnswer> AnswerAsync(RetentionDefinition definition, CancellationToken cancellationToken) =>
        engine?.AnswerAsync(definition, () => AnswerHereAsync(definition, cancellationToken), cancellationToken) ?? AnswerHereAsync(definition, cancellationToken);

    /// <summary>How the report would be answered.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public Task<Explanation> ExplainAsync(RetentionDefinition definition, CancellationToken cancellationToken)
    {
        Task<Explanation> Here() => reader.ExplainAsync(definition.Project, new RetentionPlan(definition).Properties, cancellationToken);
        return engine?.ExplainAsync(definition, Here, cancellationToken) ?? Here();
    }

    async Task<RetentionAnswer> AnswerHereAsync(RetentionDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new RetentionPlan(await WithRangesAsync(definition, cancellationToken));
        using var opened = await OpenAsync(plan, cancellationToken);
        var tables = await WorkAsync(plan, opened, null, cancellationToken);
        return new RetentionJoin(plan, tables).Answer(opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(RetentionDefinition definition, RetentionCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        if (cell.Bucket is { } bucket && (bucket < 0 || bucket >= definition.Buckets.Count)) throw new DefinitionException("people.bucket", $"give a bucket from 0 to {definition.Buckets.Count - 1}");
        if (cell.Keys.Count > 0 && cell.Keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", "give one value for each breakdown, or none for all people");
        var plan = new RetentionPlan(await WithRangesAsync(definition, cancellationToken));
        if (cell.ComparedIndex < 0 || cell.ComparedIndex >= plan.Compared.Count) throw new DefinitionException("people.compared", "there is no such filter");
        // A series by returns has all who were born, whatever they returned with.
        if (cell.Bucket is null && definition.BreakdownAt != BreakdownAt.Birth) cell = cell with { Keys = [] };
        using var opened = await OpenAsync(plan, cancellationToken);
        var tables = await WorkAsync(plan, opened, cell, cancellationToken);
        var people = tables.SelectMany(table => table.Watched!.People).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>With ranges by the numbers of the events that are broken down, births or returns, of the report's range.</summary>
    async Task<RetentionDefinition> WithRangesAsync(RetentionDefinition definition, CancellationToken cancellationToken)
    {
        if (!AutomaticRanges.IsIn(definition.Breakdowns)) return definition;
        definition.Check();
        var over = new SegmentationDefinition
        {
            Project = definition.Project,
            Range = definition.Project.Cut(definition.Range),
            Now = definition.Now,
            Filter = definition.Filter,
            Events = definition.BreakdownAt == BreakdownAt.Birth ? definition.Birth : definition.Return,
            Switches = definition.Switches,
        };
        return definition with { Breakdowns = await AutomaticRanges.FindAsync(reader, over, definition.Breakdowns, cancellationToken) };
    }

    /// <summary>What the answer depends on.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public static AnswerNeeds NeedsOf(RetentionDefinition definition)
    {
        var plan = new RetentionPlan(definition);
        return AnswerNeeds.Of(plan.Range.From, plan.Properties);
    }

    Task<OpenedJourneys> OpenAsync(RetentionPlan plan, CancellationToken cancellationToken) => reader.OpenJourneysAsync(plan.Definition.Project, plan.Properties, cancellationToken);

    static async Task<IReadOnlyList<RetentionSeriesTable>> WorkAsync(RetentionPlan plan, OpenedJourneys opened, RetentionCell? watched, CancellationToken cancellationToken)
    {
        var budget = new CellBudget(opened.Memory);
        var workers = await opened.RunAsync(() => new RetentionWorker(plan, budget, opened.Memory, watched), (worker, shard) => worker.Work(shard), cancellationToken);
        return [.. workers.Select(worker => worker.Finish())];
    }
}
