using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Flows;

/// <summary>Answers flows reports: what people do after something, and before it.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class FlowsReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<FlowsAnswer> AnswerAsync(FlowsDefinition definition, CancellationToken cancellationToken)
    {
        Task<FlowsAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "flows", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<FlowsAnswer> AnswerHereAsync(FlowsDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new FlowsPlan(definition);
        using var opened = await reader.OpenJourneysAsync(definition.Project, plan.Properties, cancellationToken);
        var workers = await FollowAsync(plan, opened, null, cancellationToken);
        var levels = new FlowLevels(definition, workers);
        return new(
            workers.Sum(worker => worker.AnchorCounts.Sum()),
            definition.Goal.Count == 0 ? null : workers.Sum(worker => worker.Reached),
            levels.Levels(), levels.Links(), levels.TopPaths(), opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The paths behind one number of the answer, by person and time: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<FoundPath> Paths, Coverage Coverage)> PathsAsync(FlowsDefinition definition, FlowNumber number, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new FlowsPlan(definition);
        if (number.Step < -definition.Reverse || number.Step > definition.Forward) throw new DefinitionException("people.step", $"give a step from {-definition.Reverse} to {definition.Forward}");
        if (number.Step == 0 && number.NextTo is not null) throw new DefinitionException("people.next_to", "an anchor is next to no other: name the step after it or before it, next to the anchor");
        using var opened = await reader.OpenJourneysAsync(definition.Project, plan.Properties, cancellationToken);
        // What "other" stands for is known only when everything is counted.
        var shown = new FlowLevels(definition, await FollowAsync(plan, opened, null, cancellationToken)).Shown;
        opened.Memory.GiveBack();
        var workers = await FollowAsync(plan, opened, new(definition, number, shown), cancellationToken);
        var paths = workers.SelectMany(worker => worker.Watched).Select(path => new FoundPath(opened.Persons[path.Person], path.AtMs)).Order(FoundPath.Order).ToArray();
        return (paths, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    static Task<IReadOnlyList<FlowsWorker>> FollowAsync(FlowsPlan plan, OpenedJourneys opened, FlowsWatch? watch, CancellationToken cancellationToken) =>
        opened.RunAsync(() => new FlowsWorker(plan, opened.Memory, watch), (worker, shard) => worker.Work(shard), cancellationToken);
}
