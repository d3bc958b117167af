using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;

namespace Cairn.Query.Segmentation;

/// <summary>Finds the width of ranges that a breakdown leaves to the numbers there are.</summary>
/// <remarks>Meaning: docs/semantics/segmentation.md, "Breakdowns by ranges and dates". A report that breaks down by such ranges asks here before it makes its plan.</remarks>
static class AutomaticRanges
{
    public static bool IsIn(IEnumerable<Breakdown>? breakdowns) => breakdowns?.Any(IsAutomatic) == true;

    /// <summary>The breakdowns, each with ranges of one width.</summary>
    /// <param name="over">The events that are looked at, with their range and filter; nothing else of it matters.</param>
    public static async Task<IReadOnlyList<Breakdown>> FindAsync(ReportReader reader, SegmentationDefinition over, IReadOnlyList<Breakdown> breakdowns, CancellationToken cancellationToken)
    {
        if (!IsIn(breakdowns)) return breakdowns;
        var found = new Breakdown[breakdowns.Count];
        for (var i = 0; i < found.Length; i++)
            found[i] = breakdowns[i].By is Expression.Cut { By: NumberCut.Automatic automatic } cut
                ? new(cut with { By = new NumberCut.Width(await WidthAsync(reader, over, cut.Of, automatic.Wanted, cancellationToken)) })
                : breakdowns[i];
        return found;
    }

    /// <summary>A segmentation whose breakdowns have ranges of one width; those of an event by itself are by its own numbers.</summary>
    public static async Task<SegmentationDefinition> FindAsync(ReportReader reader, SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        if (!IsIn(definition.Breakdowns) && !definition.Events.Any(selection => IsIn(selection.Breakdowns))) return definition;
        var events = new List<EventSelection>();
        foreach (var selection in definition.Events)
            events.Add(selection.Breakdowns is { } own ? selection with { Breakdowns = await FindAsync(reader, definition with { Events = [selection] }, own, cancellationToken) } : selection);
        return definition with { Events = events, Breakdowns = await FindAsync(reader, definition, definition.Breakdowns, cancellationToken) };
    }

    static async Task<double> WidthAsync(ReportReader reader, SegmentationDefinition over, Expression of, int wanted, CancellationToken cancellationToken)
    {
        // A list counts element by element, and as a list it is no number: its ranges are of what stands alone.
        var asked = new SegmentationDefinition
        {
            Project = over.Project,
            Range = over.Range,
            Now = over.Now,
            Filter = over.Filter,
            Unit = new(TimeUnit.Quarter),
            Events = [.. over.Events.Select(selection => selection with { Breakdowns = null })],
            Measure = new Measure.Histogram(of, null),
            Switches = over.Switches,
        };
        var plans = SegmentationPlan.Of(asked);
        using var opened = await OpenedMetrics.OpenAsync(reader, asked, plans, cancellationToken);
        var answer = await new SegmentationRun(asked, plans, opened, cancellationToken).AnswerAsync();
        var bins = answer.Series.SelectMany(series => series.Bins).Where(bin => bin.Whole > 0).ToList();
        return bins.Count == 0 ? 1 : BinEdges.RoundWidth(bins.Min(bin => bin.From ?? 0), bins.Max(bin => bin.Until ?? bin.From ?? 0), wanted);
    }

    static bool IsAutomatic(Breakdown breakdown) => breakdown.By is Expression.Cut { By: NumberCut.Automatic };
}
