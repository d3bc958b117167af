using Cairn.Query.Definitions;
using Cairn.Query.Scanning;

namespace Cairn.Query.Segmentation;

/// <summary>Answers segmentation reports: counts and aggregates over time, split by what events and persons carry.</summary>
public sealed class SegmentationReport(ReportReader reader, TimeProvider clock)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public async Task<SegmentationAnswer> AnswerAsync(SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new SegmentationPlan(definition);
        using var opened = await reader.OpenJourneysAsync(plan.CountsUnits ? definition.Project : definition.Project with { CountBy = null }, plan.Properties, cancellationToken);
        var memory = opened.Memory;
        var joined = await CountAsync(only: null);
        var cells = new SegmentationCells(plan, joined);
        var (chosen, beforeLimit) = cells.Choose();
        // Too many series to have counted each one's buckets: those of the largest are counted now.
        var counted = joined.Tally.HasCells ? joined : await CountAsync(cells.Needed(chosen));
        return new(plan.Buckets.Starts, cells.Answer(chosen, counted), beforeLimit, opened.Covered(clock.GetElapsedTime(startedAt)));

        async Task<JoinedSeries> CountAsync(IReadOnlySet<NamedSeries>? only) => new(plan, await opened.RunAsync(
            () => new SegmentationWorker(plan, memory, only), (worker, shard) => worker.Scan(shard), cancellationToken, withNobody: true), memory);
    }
}
