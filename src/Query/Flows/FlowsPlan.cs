using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Sessions;
using NodaTime;

namespace Cairn.Query.Flows;

/// <summary>A definition made ready to be scanned for: what rows are to it, and every property it reads.</summary>
sealed class FlowsPlan
{
    /// <summary>Mixpanel's verb events: they link ids and are nothing that a user did.</summary>
    static readonly string[] LinkingEvents = ["$identify", "$create_alias", "$merge"];

    public FlowsPlan(FlowsDefinition definition)
    {
        definition.Check();
        Definition = definition;
        WindowMs = definition.Window is ConversionWindow.Duration { Length: var length } ? (long)length.TotalMilliseconds : long.MaxValue;
        AnchorBits = (1u << definition.Anchors.Count) - 1;
        GoalBit = definition.Goal.Count > 0 ? 1u << definition.Anchors.Count : 0;
        VisibleBit = 1u << (definition.Anchors.Count + 1);
        // Sessions are made of all events, whatever paths are made of.
        RowFilter = definition.IsBySession ? null : definition.Filter;
        Conditions = ConditionsOf(definition.IsBySession ? definition.Filter : null);
        ScanRange = definition.IsBySession ? TimeRange.Ever : new(
            definition.Reverse > 0 ? definition.Range.From - Duration.FromMilliseconds(WindowMs) : definition.Range.From,
            definition.Forward > 0 ? definition.Range.Until + Duration.FromMilliseconds(WindowMs) : definition.Range.Until);
        Expansions = [.. definition.Expansions.Select(expansion => CompiledExpression.Compile(expansion.By))];
        Properties = PropertiesOf();
    }

    public FlowsDefinition Definition { get; }

    /// <summary>How far from its anchor a path reaches, milliseconds, the last of them included.</summary>
    public long WindowMs { get; }

    /// <summary>A mark for each anchor, the first one's the lowest.</summary>
    public uint AnchorBits { get; }

    /// <summary>The goal's mark; 0 without one.</summary>
    public uint GoalBit { get; }

    /// <summary>The mark of what a path may show.</summary>
    public uint VisibleBit { get; }

    public IReadOnlyList<StepCondition> Conditions { get; }

    /// <summary>What must be true of every row looked for; null: nothing.</summary>
    public Expression? RowFilter { get; }

    /// <summary>When rows matter: the report's range, and the window around it.</summary>
    public TimeRange ScanRange { get; }

    public IReadOnlyList<CompiledExpression> Expansions { get; }

    public IReadOnlyCollection<PropertyReference> Properties { get; }

    /// <summary>Whether events of a name are passed over, unless they are an anchor or the goal.</summary>
    public bool IsHidden(string name) => LinkingEvents.Contains(name) || Definition.Hidden.Contains(name);

    List<StepCondition> ConditionsOf(Expression? filter)
    {
        var conditions = Definition.Anchors.Select(anchor => new StepCondition([.. anchor.AnyOf.Select(selection => Both(selection, filter))])).ToList();
        conditions.Add(new([.. Definition.Goal.Select(selection => Both(selection, filter))]));
        conditions.Add(StepCondition.Of(EventSelection.Every("shown", filter)));
        if (filter is not null) conditions.Add(StepCondition.Of(EventSelection.Every("anything")));
        return conditions;
    }

    static EventSelection Both(EventSelection selection, Expression? filter) => selection with
    {
        Filter = selection.Filter is null || filter is null ? selection.Filter ?? filter : new Expression.Binary(BinaryOperator.And, filter, selection.Filter),
    };

    HashSet<PropertyReference> PropertiesOf()
    {
        var properties = new HashSet<PropertyReference>();
        foreach (var filter in Conditions.SelectMany(condition => condition.AnyOf).Select(selection => selection.Filter).Append(RowFilter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        foreach (var expansion in Expansions) properties.UnionWith(expansion.Inputs);
        if (Definition.IsBySession) properties.UnionWith(SessionNumbers.PropertiesOf(Definition.Switches.Sessions));
        return properties;
    }
}
