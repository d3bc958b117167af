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
        var opened = await reader.OpenAsync(definition.Project, definition.Range, plan.Properties, plan.NeedsPersons, cancellationToken);
        var workers = await opened.ScanAsync(() => new SegmentationWorker(plan), (worker, part) => worker.Scan(part), cancellationToken);
        var (series, beforeLimit) = new SegmentationCells(plan, new JoinedRows(plan, workers), opened.PersonCount).Compute(cancellationToken);
        return new(plan.Buckets.Starts, series, beforeLimit, opened.Covered(workers.Sum(worker => worker.RowsRead), clock.GetElapsedTime(startedAt)));
    }
}
