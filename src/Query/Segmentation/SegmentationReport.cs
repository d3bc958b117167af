using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Segmentation;

/// <summary>Answers segmentation reports: counts and aggregates over time, split by what events and persons carry.</summary>
/// <param name="engine">Who else may answer; null: nobody.</param>
public sealed class SegmentationReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<SegmentationAnswer> AnswerAsync(SegmentationDefinition definition, CancellationToken cancellationToken) =>
        engine?.AnswerAsync(definition, () => AnswerHereAsync(definition, cancellationToken), cancellationToken) ?? AnswerHereAsync(definition, cancellationToken);

    /// <summary>How the report would be answered.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public Task<Explanation> ExplainAsync(SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        var plans = SegmentationPlan.Of(definition);
        Task<Explanation> Here() => reader.ExplainAsync(definition.Project, [.. plans.SelectMany(plan => plan.Properties).Distinct()], cancellationToken);
        return engine?.ExplainAsync(definition, Here, cancellationToken) ?? Here();
    }

    async Task<SegmentationAnswer> AnswerHereAsync(SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        definition = await AutomaticRanges.FindAsync(reader, definition, cancellationToken);
        var plans = SegmentationPlan.Of(definition);
        using var opened = await OpenedMetrics.OpenAsync(reader, definition, plans, cancellationToken);
        var answer = await new SegmentationRun(definition, plans, opened, cancellationToken).AnswerAsync();
        if (definition.Previous is { } previous)
        {
            var earlier = definition with { Range = previous.Of(definition.Range, definition.Project.Zone), Previous = null };
            answer = answer with { Previous = await new SegmentationRun(earlier, SegmentationPlan.Of(earlier), opened, cancellationToken).AnswerAsync(answer) };
        }
        return answer with { Coverage = opened.Covered(clock.GetElapsedTime(startedAt)) };
    }

    /// <summary>The people behind one number of the answer.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<SegmentationPeople> PeopleAsync(SegmentationDefinition definition, SegmentationNumber number, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        definition = await AutomaticRanges.FindAsync(reader, definition, cancellationToken);
        var plans = SegmentationPlan.Of(definition);
        number.Check(definition);
        using var opened = await OpenedMetrics.OpenAsync(reader, definition, plans, cancellationToken);
        var found = await new SegmentationRun(definition, plans, opened, cancellationToken).PeopleAsync(number);
        return new(
            [.. found.Select(one => new SegmentationPerson(one.Person, one.Number)).OrderBy(one => one.Person, StringComparer.Ordinal)],
            opened.Covered(clock.GetElapsedTime(startedAt)));
    }
}
