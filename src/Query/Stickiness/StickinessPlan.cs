using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using NodaTime;

namespace Cairn.Query.Stickiness;

/// <summary>A definition made ready to be scanned for: its periods, their units, and every property it reads.</summary>
sealed class StickinessPlan
{
    public StickinessPlan(StickinessDefinition definition)
    {
        definition.Check();
        Definition = definition;
        var (range, zone, week) = (definition.Range, definition.Project.Zone, definition.Switches.FirstDayOfWeek);
        Periods = Buckets.Cut(range, new(definition.Unit), zone, week);
        Units = Buckets.Cut(range, new(definition.Of), zone, week);
        PeriodOfUnit = [.. Units.Starts.Select(start => PeriodOf(start.Date))];
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        Properties = PropertiesOf(definition);
    }

    public StickinessDefinition Definition { get; }

    public Buckets Periods { get; }

    public Buckets Units { get; }

    public int[] PeriodOfUnit { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    public IReadOnlyCollection<PropertyReference> Properties { get; }

    public IReadOnlyList<StepCondition> Conditions => [StepCondition.Of(Definition.Events)];

    /// <summary>Units of a whole period, whatever part of it the range covers: 24 hours, 7 days, 168 hours, or the month's days.</summary>
    public int UnitsOf(int period) => (Definition.Unit, Definition.Of) switch
    {
        (TimeUnit.Day, _) => 24,
        (TimeUnit.Week, TimeUnit.Hour) => 168,
        (TimeUnit.Week, _) => 7,
        _ => CalendarSystem.Iso.GetDaysInMonth(Periods.Starts[period].Year, Periods.Starts[period].Month),
    };

    /// <summary>Whether a period is over.</summary>
    public bool IsComplete(int period)
    {
        var start = Periods.Starts[period].Date;
        var end = Definition.Unit switch { TimeUnit.Day => start.PlusDays(1), TimeUnit.Week => start.PlusWeeks(1), _ => start.PlusMonths(1) };
        return Instant.Min(Definition.Project.Zone.AtStartOfDay(end).ToInstant(), Definition.Range.Until) <= Definition.Now;
    }

    int PeriodOf(LocalDate date)
    {
        var period = Periods.Count - 1;
        while (period > 0 && Periods.Starts[period].Date > date) period--;
        return period;
    }

    HashSet<PropertyReference> PropertiesOf(StickinessDefinition definition)
    {
        var properties = new HashSet<PropertyReference>();
        foreach (var filter in definition.Events.Select(selection => selection.Filter).Append(definition.Filter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        foreach (var breakdown in Breakdowns) properties.UnionWith(breakdown.Inputs);
        return properties;
    }
}
