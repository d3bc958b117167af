using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Sessions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>Those lines of a definition that share a metric, made ready to be scanned for: their buckets, and every property they read.</summary>
sealed class SegmentationPlan
{
    /// <param name="events">Which of the definition's events.</param>
    SegmentationPlan(SegmentationDefinition definition, Metric metric, IReadOnlyList<int> events)
    {
        (Definition, Metric) = (definition, metric);
        Axis = LookbackAxis.Of(definition, metric);
        ScanRange = new(Axis.Counted.Range.From, definition.Range.Until);
        (var value, TellsValuesApart) = ValueOf(metric.Measure);
        Value = value is null ? null : CompiledExpression.Compile(value);
        CountsPersonsOnly = metric.Measure is Measure.Uniques or Measure.ActiveShare;
        Lines = [.. LinesOf(events)];
        Properties = PropertiesOf();
    }

    public SegmentationDefinition Definition { get; }

    public Metric Metric { get; }

    public LookbackAxis Axis { get; }

    /// <summary>The rows looked at: the range, and what is looked back over.</summary>
    public TimeRange ScanRange { get; }

    public IReadOnlyList<PlannedLine> Lines { get; }

    /// <summary>The number or value that is aggregated; null where only events or persons are counted.</summary>
    public CompiledExpression? Value { get; }

    /// <summary>Whether it matters who did it; else each event counts once, whatever unit is counted.</summary>
    public bool CountsUnits => CellTally.CountsPersons(Metric.Measure) || Metric.Measure is Measure.PerUser or Measure.Frequency;

    /// <summary>Whether it matters what session a row is in.</summary>
    public bool NeedsSessions => Metric.Measure is Measure.Sessions or Measure.PerUser { Of: UserNumber.Sessions } or Measure.Frequency { Of: UserNumber.Sessions };

    /// <summary>Whether <see cref="Value"/> is told apart by its text, rather than taken for a number.</summary>
    public bool TellsValuesApart { get; }

    /// <summary>Whether it does not matter how many events a person has in a bucket.</summary>
    public bool CountsPersonsOnly { get; }

    /// <summary>Whether the number of events decides which series are the largest.</summary>
    public bool RanksByTotals => Definition.Switches.RankBy == RankBy.Totals;

    /// <summary>What a worker counts with.</summary>
    public SeriesTally NewTally(ReportMemory memory) => new(Metric.Measure, Axis, RanksByTotals, memory);

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    /// <summary>A plan for each metric of a definition, in the order of their first events.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public static IReadOnlyList<SegmentationPlan> Of(SegmentationDefinition definition)
    {
        definition.Check();
        return [.. Enumerable.Range(0, definition.Events.Count).GroupBy(definition.MetricOf).Select(group => new SegmentationPlan(definition, group.Key, [.. group]))];
    }

    IEnumerable<PlannedLine> LinesOf(IReadOnlyList<int> events)
    {
        IReadOnlyList<Expression?> compared = Definition.Compared.Count == 0 ? [null] : [.. Definition.Compared.Select(filter => filter.Filter)];
        var withOverall = false;
        foreach (var eventIndex in events)
        {
            var selection = Definition.Events[eventIndex];
            Breakdown[] breakdowns = [.. selection.Breakdowns ?? [], .. Definition.Breakdowns];
            for (var comparedIndex = 0; comparedIndex < compared.Count; comparedIndex++)
                yield return new(selection, eventIndex, compared[comparedIndex], comparedIndex, Compiled(breakdowns), LineKind.Values);
            if (!Definition.WithOverall || breakdowns.Length == 0) continue;
            withOverall = true;
            for (var comparedIndex = 0; comparedIndex < compared.Count; comparedIndex++)
                yield return new(selection, eventIndex, compared[comparedIndex], comparedIndex, [], LineKind.Overall);
        }
        if (Metric.Measure is not Measure.ActiveShare) yield break;
        // Whoever is active in a bucket, under the same filters and breakdowns of the report, but not of one event alone.
        foreach (var breakdowns in withOverall ? [Definition.Breakdowns, []] : new[] { Definition.Breakdowns })
            for (var comparedIndex = 0; comparedIndex < compared.Count; comparedIndex++)
                yield return new(EventSelection.Every("active"), -1, compared[comparedIndex], comparedIndex, Compiled(breakdowns), LineKind.Denominator);
    }

    /// <summary>What splits a line.</summary>
    public IEnumerable<Expression> BreakdownsOf(PlannedLine line) => line.Breakdowns.Count == 0 ? [] : (line.Selection.Breakdowns ?? []).Concat(Definition.Breakdowns).Select(breakdown => breakdown.By);

    static CompiledExpression[] Compiled(IEnumerable<Breakdown> breakdowns) => [.. breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];

    static (Expression? Value, bool TellsApart) ValueOf(Measure measure) => measure switch
    {
        Measure.Property property => (property.Of, false),
        Measure.Percentile percentile => (percentile.Of, false),
        Measure.Histogram histogram => (histogram.Of, false),
        Measure.Distinct distinct => (distinct.Of, true),
        Measure.PerUser perUser => ValueOf(perUser.Of),
        Measure.Frequency frequency => ValueOf(frequency.Of),
        _ => (null, false),
    };

    static (Expression? Value, bool TellsApart) ValueOf(UserNumber of) => of switch
    {
        UserNumber.Property property => (property.Of, false),
        UserNumber.Distinct distinct => (distinct.Of, true),
        _ => (null, false),
    };

    HashSet<PropertyReference> PropertiesOf()
    {
        var properties = new HashSet<PropertyReference>();
        void Add(Expression? expression)
        {
            if (expression is not null) properties.UnionWith(CompiledExpression.Compile(expression).Inputs);
        }
        Add(Definition.Filter);
        foreach (var line in Lines)
        {
            Add(line.Selection.Filter);
            Add(line.Compared);
            foreach (var breakdown in line.Breakdowns) properties.UnionWith(breakdown.Inputs);
        }
        if (Value is not null) properties.UnionWith(Value.Inputs);
        if (NeedsSessions) properties.UnionWith(SessionNumbers.PropertiesOf(Definition.Switches.Sessions));
        return properties;
    }
}

/// <summary>What a planned line is for.</summary>
enum LineKind
{
    /// <summary>A series for each value of its breakdowns.</summary>
    Values,

    /// <summary>All of them as one.</summary>
    Overall,

    /// <summary>Counts who is active, to divide by; shown nowhere.</summary>
    Denominator,
}

/// <summary>One line of a report under one of its compared filters.</summary>
sealed record PlannedLine(
    EventSelection Selection, int EventIndex, Expression? Compared, int ComparedIndex, IReadOnlyList<CompiledExpression> Breakdowns, LineKind Kind);
