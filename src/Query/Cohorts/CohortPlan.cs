using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using NodaTime;

namespace Cairn.Query.Cohorts;

/// <summary>A cohort made ready to be looked for: its conditions as bits of rows, and every property it reads.</summary>
sealed class CohortPlan
{
    readonly List<StepCondition> conditions = [];
    readonly HashSet<PropertyReference> properties = [];
    readonly List<CohortColumn> columns = [];
    readonly List<CohortCount> counts = [];
    readonly LocalDays days;
    TimeRange? range;

    /// <param name="definition">Refers to no other cohort: those were put in their place.</param>
    public CohortPlan(CohortDefinition definition)
    {
        definition.Check();
        Definition = definition;
        days = new(definition.Project.Zone);
        Root = Make(definition.Condition);
        if (conditions.Count > CohortDefinition.MaxEventConditions)
            throw new DefinitionException("condition", $"the conditions look for more than {CohortDefinition.MaxEventConditions} kinds of events; ask for fewer");
    }

    public CohortDefinition Definition { get; }

    public CohortNode Root { get; }

    /// <summary>What rows are looked for, a bit each.</summary>
    public IReadOnlyList<StepCondition> Conditions => conditions;

    /// <summary>When rows can matter.</summary>
    public TimeRange Range => range is { } known ? Definition.Project.Cut(known) : default;

    /// <summary>Properties of events that some condition reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties => properties;

    /// <summary>Expressions whose values conditions count or add up.</summary>
    public IReadOnlyList<CohortColumn> Columns => columns;

    /// <summary>What conditions only count.</summary>
    public IReadOnlyList<CohortCount> Counts => counts;

    /// <summary>Whether properties of the person as they are now are asked for.</summary>
    public bool NeedsProfiles { get; private set; }

    CohortNode Make(CohortCondition condition) => condition switch
    {
        CohortCondition.All all => new CohortNode.Joined([.. all.Of.Select(Make)], isAll: true),
        CohortCondition.Any any => new CohortNode.Joined([.. any.Of.Select(Make)], isAll: false),
        CohortCondition.Not not => new CohortNode.Negated(Make(not.Of)),
        CohortCondition.Did did => MakeDid(did),
        CohortCondition.FirstDid first => MakeFirst(first),
        CohortCondition.Sequence sequence => MakeSequence(sequence),
        CohortCondition.Latest latest => MakeLatest(latest),
        CohortCondition.IsNow now => MakeNow(now),
        CohortCondition.OneOf some => new CohortNode.OneOf(some.People),
        CohortCondition.In or CohortCondition.InFunnel => throw new ArgumentException($"{condition} was not put in its place", nameof(condition)),
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "no condition"),
    };

    CohortNode.Did MakeDid(CohortCondition.Did did)
    {
        var bit = BitOf(did.Events);
        Widen(did.Within);
        var column = -1;
        switch (did.Measure)
        {
            case CohortMeasure.Count:
                column = counts.Count;
                counts.Add(new(bit, did.Within.FromMs, did.Within.UntilMs));
                break;
            case CohortMeasure.Distinct distinct:
                column = ColumnOf(distinct.Of, bit, isNumber: false);
                break;
            case CohortMeasure.Number number:
                column = ColumnOf(number.Of, bit, isNumber: true);
                break;
        }
        return new(did, bit, days, column);
    }

    CohortNode.First MakeFirst(CohortCondition.FirstDid first)
    {
        Widen(TimeRange.Ever with { Until = first.Within.Until });
        return new(first.Within, BitOf(first.Events));
    }

    CohortNode.InSequence MakeSequence(CohortCondition.Sequence sequence)
    {
        Widen(sequence.Within);
        var firstBit = conditions.Count;
        foreach (var step in sequence.Steps) BitOf(step);
        return new(sequence, firstBit);
    }

    CohortNode.Last MakeLatest(CohortCondition.Latest latest)
    {
        Widen(latest.Within);
        var matching = latest.Events.Select(selection => selection with
        {
            Filter = selection.Filter is null ? latest.Matches : new Expression.Binary(BinaryOperator.And, selection.Filter, latest.Matches),
        }).ToArray();
        return new(latest.Within, BitOf(latest.Events), BitOf(matching));
    }

    CohortNode.Now MakeNow(CohortCondition.IsNow now)
    {
        NeedsProfiles = true;
        return new(CompiledExpression.Compile(now.Matches));
    }

    int BitOf(IReadOnlyList<EventSelection> anyOf)
    {
        foreach (var selection in anyOf) Add(selection.Filter);
        conditions.Add(StepCondition.Of(anyOf));
        return conditions.Count - 1;
    }

    int ColumnOf(Expression of, int bit, bool isNumber)
    {
        Add(of);
        columns.Add(new(CompiledExpression.Compile(of), bit, isNumber));
        return columns.Count - 1;
    }

    void Add(Expression? expression)
    {
        if (expression is null) return;
        foreach (var input in CompiledExpression.Compile(expression).Inputs)
            if (input.Scope == PropertyScope.Cohort) throw new DefinitionException("condition", "name another cohort by a condition of its own: {\"cohort\": \"123456789\"}");
            else properties.Add(input);
    }

    void Widen(TimeRange within) => range = range is { } known ? new(Instant.Min(known.From, within.From), Instant.Max(known.Until, within.Until)) : within;
}

/// <summary>Rows of one condition within a window, to be counted for each person.</summary>
/// <param name="Bit">The condition's number.</param>
sealed record CohortCount(int Bit, long FromMs, long UntilMs);

/// <summary>An expression whose value matters at the rows of one condition.</summary>
/// <param name="Bit">The condition's number.</param>
/// <param name="IsNumber">A number; else any value, to tell from others.</param>
sealed record CohortColumn(CompiledExpression Expression, int Bit, bool IsNumber);
