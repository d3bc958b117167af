using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Sessions;
using NodaTime;

namespace Cairn.Query.Funnels;

/// <summary>A definition made ready to be scanned for: its rules, what a row may be to it, and every property it reads.</summary>
sealed class FunnelPlan
{
    /// <summary>The mark of a row that is anything somebody did, where that matters.</summary>
    public const int AnythingBit = 30;

    /// <summary>Mixpanel's verb events: they link ids and are nothing that a user did.</summary>
    static readonly Value LinkingEvents = Value.Of([Value.Of("$identify"), Value.Of("$create_alias"), Value.Of("$merge")]);

    /// <param name="keepsAttempts">Whether the attempts behind the numbers are asked for.</param>
    public FunnelPlan(FunnelDefinition definition, bool keepsAttempts = false)
    {
        definition.Check();
        Definition = definition;
        Rules = new(definition);
        Buckets = definition.Unit is { } unit ? Buckets.Cut(definition.Range, unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek) : null;
        NeedsSessions = Rules.WindowSessions > 0 || definition.Counting == FunnelCounting.Sessions;
        // Where a row counts that is no step, the report's filter belongs to the steps alone.
        var needsOthers = Rules.IsExact || NeedsSessions || definition.Exclusions.Count > 0;
        RowFilter = needsOthers ? null : definition.Filter;
        Conditions = ConditionsOf(needsOthers ? definition.Filter : null);
        ScanRange = definition.Project.Cut(ScanRangeOf());
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        Held = [.. definition.Held.Select(CompiledExpression.Compile)];
        Sum = definition.Sum is null ? null : CompiledExpression.Compile(definition.Sum);
        Properties = PropertiesOf();
        var (funnels, isUnique) = (definition.Switches.Funnels, definition.Counting == FunnelCounting.Uniques);
        var hasSegments = Breakdowns.Count > 0 && funnels.Segments == FunnelSegments.EachAttempt;
        CountsPairs = Held.Count > 0 && funnels.HeldUnit == HeldUnit.PersonAndValue;
        TakesAll = !isUnique || hasSegments;
        Settles = definition.Counting == FunnelCounting.Sessions || isUnique && (hasSegments || Held.Count > 0 && !CountsPairs);
        OnlyCounts = !keepsAttempts && !Settles && !definition.WithTimes && Sum is null && (Buckets is null || Breakdowns.Count == 0);
    }

    public FunnelDefinition Definition { get; }

    public FunnelRules Rules { get; }

    /// <summary>Null where no trend is asked for.</summary>
    public Buckets? Buckets { get; }

    /// <summary>What rows are looked for: bit i of their marks for condition i.</summary>
    public IReadOnlyList<StepCondition> Conditions { get; }

    /// <summary>What must be true of every row looked for; null: nothing.</summary>
    public Expression? RowFilter { get; }

    /// <summary>When rows matter: the report's range, and what of later steps may lie around it.</summary>
    public TimeRange ScanRange { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    public IReadOnlyList<CompiledExpression> Held { get; }

    public CompiledExpression? Sum { get; }

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    public bool NeedsSessions { get; }

    /// <summary>Whether a person counts once for each value held constant.</summary>
    public bool CountsPairs { get; }

    /// <summary>Whether all of a person's attempts are needed, not only the one that stands for the person.</summary>
    public bool TakesAll { get; }

    /// <summary>Whether of several attempts of a person one must still be chosen once their series are known.</summary>
    public bool Settles { get; }

    /// <summary>Whether each attempt can be counted and forgotten: it counts whatever others there are, and no more is asked of it than its steps and its time.</summary>
    public bool OnlyCounts { get; }

    List<StepCondition> ConditionsOf(Expression? stepFilter)
    {
        var conditions = Definition.Steps.Select(step => new StepCondition([.. step.AnyOf.Select(selection => Both(selection, stepFilter))])).ToList();
        if (Definition.Exclusions.Count == 0 && !Rules.IsExact && !NeedsSessions) return conditions;
        while (conditions.Count < FunnelRules.FirstExclusion) conditions.Add(StepCondition.Of());
        conditions.AddRange(Definition.Exclusions.Select(exclusion => new StepCondition(exclusion.AnyOf)));
        if (!Rules.IsExact && !NeedsSessions) return conditions;
        while (conditions.Count < AnythingBit) conditions.Add(StepCondition.Of());
        conditions.Add(StepCondition.Of(EventSelection.Every("anything", new Expression.Unary(UnaryOperator.Not, new Expression.Binary(
            BinaryOperator.In, new Expression.Property(new(PropertyScope.EventField, EventField.Name)), new Expression.Literal(LinkingEvents))))));
        return conditions;
    }

    static EventSelection Both(EventSelection selection, Expression? filter) => selection with
    {
        Filter = selection.Filter is null || filter is null ? selection.Filter ?? filter : new Expression.Binary(BinaryOperator.And, filter, selection.Filter),
    };

    TimeRange ScanRangeOf()
    {
        if (NeedsSessions) return TimeRange.Ever;
        var windows = Rules.WindowFrom == WindowFrom.FirstStep ? 1 : Definition.Steps.Count - 1;
        var grace = Rules.Ties is StepTies.SameSecond or StepTies.WithinTwoSeconds ? Duration.FromSeconds(2) : Duration.Zero;
        return new(Definition.Range.From - grace, Definition.Range.Until + Duration.FromMilliseconds(Rules.WindowMs * windows) + grace);
    }

    HashSet<PropertyReference> PropertiesOf()
    {
        var properties = new HashSet<PropertyReference>();
        void Add(Expression? expression)
        {
            if (expression is not null) properties.UnionWith(CompiledExpression.Compile(expression).Inputs);
        }
        Add(RowFilter);
        foreach (var selection in Conditions.SelectMany(condition => condition.AnyOf)) Add(selection.Filter);
        foreach (var compared in Definition.Compared) Add(compared.Filter);
        foreach (var expression in Breakdowns.Concat(Held)) properties.UnionWith(expression.Inputs);
        Add(Definition.Sum);
        if (NeedsSessions) properties.UnionWith(SessionNumbers.PropertiesOf(Definition.Switches.Sessions));
        return properties;
    }
}
