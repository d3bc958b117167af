using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;

namespace Cairn.Query.Sessions;

/// <summary>A definition made ready to be scanned for: its buckets, what rows matter, and every property it reads.</summary>
sealed class SessionsPlan
{
    /// <summary>The mark of a row that is any event, and of one that a session must have.</summary>
    public const uint Any = 1, Wanted = 2;

    public SessionsPlan(SessionsDefinition definition)
    {
        definition.Check();
        Definition = definition;
        var zone = definition.Project.Zone;
        Buckets = Buckets.Cut(definition.Range, definition.Unit, zone, definition.Switches.FirstDayOfWeek);
        // Where midnight ends sessions, none that begins in whole days reaches beyond them.
        var isOfWholeDays = definition.Range == TimeRange.Days(definition.Range.From.InZone(zone).Date, (definition.Range.Until - NodaTime.Duration.Epsilon).InZone(zone).Date, zone);
        ScanRange = Switches.EndAtMidnight && isOfWholeDays ? definition.Range : TimeRange.Ever;
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        Properties = PropertiesOf();
    }

    public SessionsDefinition Definition { get; }

    public SessionSwitches Switches => Definition.Switches.Sessions;

    public Buckets Buckets { get; }

    /// <summary>When rows matter: the report's range, and whatever a session that touches it may have around it.</summary>
    public TimeRange ScanRange { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    public IReadOnlyCollection<PropertyReference> Properties { get; }

    public IReadOnlyList<StepCondition> Conditions =>
        Definition.Events.Count == 0 ? [StepCondition.Of(EventSelection.Every(""))] : [StepCondition.Of(EventSelection.Every("")), StepCondition.Of(Definition.Events)];

    /// <summary>What must be true of every row; null: nothing.</summary>
    public Expression? RowFilter => Switches.Filter == SessionFilter.BeforeCut ? Definition.Filter : null;

    /// <summary>What must be true of a session's first event; null: nothing.</summary>
    public Expression? FirstFilter => Switches.Filter == SessionFilter.FirstEvent ? Definition.Filter : null;

    public bool CountsActive => Switches.Users == SessionUsers.Active;

    HashSet<PropertyReference> PropertiesOf()
    {
        var properties = new HashSet<PropertyReference>(SessionNumbers.PropertiesOf(Switches));
        foreach (var filter in Definition.Events.Select(selection => selection.Filter).Append(Definition.Filter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        foreach (var breakdown in Breakdowns) properties.UnionWith(breakdown.Inputs);
        return properties;
    }
}
