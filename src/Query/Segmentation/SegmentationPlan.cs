using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>A definition made ready to be scanned for: its lines, its buckets, and every property it reads.</summary>
sealed class SegmentationPlan
{
    public SegmentationPlan(SegmentationDefinition definition)
    {
        definition.Check();
        Definition = definition;
        Buckets = Buckets.Cut(definition.Range, definition.Unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek);
        Value = definition.Measure is Measure.Property property ? CompiledExpression.Compile(property.Of) : null;
        CountsPersonsOnly = definition.Measure is Measure.Uniques or Measure.ActiveShare;
        Lines = [.. LinesOf(definition)];
        Properties = PropertiesOf();
    }

    public SegmentationDefinition Definition { get; }

    public Buckets Buckets { get; }

    public IReadOnlyList<PlannedLine> Lines { get; }

    /// <summary>The number that is aggregated; null where only events or persons are counted.</summary>
    public CompiledExpression? Value { get; }

    /// <summary>Whether it matters who did it; else each event counts once, whatever unit is counted.</summary>
    public bool CountsUnits => CellTally.CountsPersons(Definition.Measure);

    /// <summary>Whether it does not matter how many events a person has in a bucket.</summary>
    public bool CountsPersonsOnly { get; }

    /// <summary>Whether the number of events decides which series are the largest.</summary>
    public bool RanksByTotals => Definition.Switches.RankBy == RankBy.Totals;

    /// <summary>What a worker counts with.</summary>
    public SeriesTally NewTally(ReportMemory memory) => new(Definition.Measure, Buckets.Count, RanksByTotals, memory);

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    static IEnumerable<PlannedLine> LinesOf(SegmentationDefinition definition)
    {
        IReadOnlyList<Expression?> compared = definition.Compared.Count == 0 ? [null] : [.. definition.Compared.Select(filter => filter.Filter)];
        for (var eventIndex = 0; eventIndex < definition.Events.Count; eventIndex++)
        {
            var selection = definition.Events[eventIndex];
            Breakdown[] breakdowns = [.. selection.Breakdowns ?? [], .. definition.Breakdowns];
            for (var comparedIndex = 0; comparedIndex < compared.Count; comparedIndex++)
                yield return new(selection, eventIndex, compared[comparedIndex], comparedIndex, Compiled(breakdowns), IsDenominator: false);
        }
        if (definition.Measure is not Measure.ActiveShare) yield break;
        // Whoever is active in a bucket, under the same filters and breakdowns of the report, but not of one event alone.
        for (var comparedIndex = 0; comparedIndex < compared.Count; comparedIndex++)
            yield return new(EventSelection.Every("active"), -1, compared[comparedIndex], comparedIndex, Compiled(definition.Breakdowns), IsDenominator: true);
    }

    static CompiledExpression[] Compiled(IEnumerable<Breakdown> breakdowns) => [.. breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];

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
        return properties;
    }
}

/// <summary>One line of a report under one of its compared filters.</summary>
/// <param name="IsDenominator">Counts who is active, to divide by; shown nowhere.</param>
sealed record PlannedLine(
    EventSelection Selection, int EventIndex, Expression? Compared, int ComparedIndex, IReadOnlyList<CompiledExpression> Breakdowns, bool IsDenominator);
