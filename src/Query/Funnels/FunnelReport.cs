using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using NodaTime;

namespace Cairn.Query.Funnels;

/// <summary>Answers funnels: how many reached which step, how fast, and who.</summary>
/// <param name="engine">Who else may answer; null: nobody.</param>
public sealed class FunnelReport(ReportReader reader, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The funnel's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or would need too much memory.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<FunnelAnswer> AnswerAsync(FunnelDefinition definition, CancellationToken cancellationToken) =>
        engine?.AnswerAsync(definition, reader.Memory, () => AnswerHereAsync(definition, cancellationToken), cancellationToken) ?? AnswerHereAsync(definition, cancellationToken);

    /// <summary>How the funnel would be answered.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public Task<Explanation> ExplainAsync(FunnelDefinition definition, CancellationToken cancellationToken)
    {
        Task<Explanation> Here() => reader.ExplainAsync(definition.Project, new FunnelPlan(definition).Properties, cancellationToken);
        return engine?.ExplainAsync(definition, Here, cancellationToken) ?? Here();
    }

    async Task<FunnelAnswer> AnswerHereAsync(FunnelDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new FunnelPlan(await WithRangesAsync(definition, cancellationToken));
        using var opened = await OpenAsync(plan, cancellationToken);
        var tally = await TallyAsync(plan, opened, cancellationToken);
        var series = tally.Compute(cancellationToken);
        return new(plan.Buckets?.Starts ?? [], AreComplete(plan), series, tally.SeriesBeforeLimit, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The attempts behind one number of the answer: as many as it says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<FunnelPeople> PeopleAsync(FunnelDefinition definition, FunnelNumber number, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var plan = new FunnelPlan(await WithRangesAsync(definition, cancellationToken), keepsAttempts: true);
        number.Check(plan);
        using var opened = await OpenAsync(plan, cancellationToken);
        var tally = await TallyAsync(plan, opened, cancellationToken);
        var (series, bucket) = (number.SeriesIn(tally.Series), number.BucketIn(plan.Buckets));
        var attempts = series < 0 ? [] : tally.RowsOf(series, bucket).Where(number.Covers);
        opened.Memory.Take(attempts.LongCount() * FunnelPerson.Bytes, "people", "ask for a shorter range, or who dropped rather than who reached");
        var people = attempts.Select(row => new FunnelPerson(opened.Persons[row.Person], row.EntryMs, row.Reached, row.End)).Order(FunnelPerson.Order).ToArray();
        return new(people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>With ranges by the numbers of whatever may be a step.</summary>
    async Task<FunnelDefinition> WithRangesAsync(FunnelDefinition definition, CancellationToken cancellationToken)
    {
        if (!AutomaticRanges.IsIn(definition.Breakdowns)) return definition;
        definition.Check();
        var over = new SegmentationDefinition
        {
            Project = definition.Project,
            Range = definition.Project.Cut(definition.Range),
            Now = definition.Now,
            Filter = definition.Filter,
            Events = [.. definition.Steps.SelectMany(step => step.AnyOf)],
            Switches = definition.Switches,
        };
        return definition with { Breakdowns = await AutomaticRanges.FindAsync(reader, over, definition.Breakdowns, cancellationToken) };
    }

    /// <summary>What the answer depends on.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public static AnswerNeeds NeedsOf(FunnelDefinition definition)
    {
        var plan = new FunnelPlan(definition);
        // Who was there before lies further back.
        return AnswerNeeds.Of(definition.Entrants == FunnelEntrants.NewInRange ? Instant.MinValue : plan.ScanRange.From, plan.Properties);
    }

    Task<OpenedJourneys> OpenAsync(FunnelPlan plan, CancellationToken cancellationToken) => reader.OpenJourneysAsync(plan.Definition.Project, plan.Properties, cancellationToken);

    static async Task<FunnelTally> TallyAsync(FunnelPlan plan, OpenedJourneys opened, CancellationToken cancellationToken)
    {
        var workers = await opened.RunAsync(() => new FunnelWorker(plan, opened.Memory), (worker, shard) => worker.Scan(shard), cancellationToken);
        return new(plan, workers, opened.Memory);
    }

    /// <summary>A bucket is complete once the last moment of it is a whole window ago; with a window of sessions, once it has passed.</summary>
    internal static IReadOnlyList<bool> AreComplete(FunnelPlan plan)
    {
        if (plan.Buckets is not { } buckets) return [];
        var nowMs = plan.Definition.Now.ToUnixTimeMilliseconds();
        var windows = plan.Rules.WindowFrom == WindowFrom.FirstStep ? 1 : plan.Definition.Steps.Count - 1;
        return [.. Enumerable.Range(0, buckets.Count).Select(bucket => buckets.EndMs(bucket) + plan.Rules.WindowMs * windows <= nowMs)];
    }
}
