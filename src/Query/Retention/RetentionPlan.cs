using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;

namespace Cairn.Query.Retention;

/// <summary>A definition made ready to be scanned for: its rules, its conditions, and every property it reads.</summary>
sealed class RetentionPlan
{
    public RetentionPlan(RetentionDefinition definition)
    {
        definition.Check();
        Definition = definition;
        Rules = new(definition);
        Complete = new(Rules);
        ReturnsByAnything = definition.Project.EventsBefore is null && definition.Filter is null && definition.SumOf is null && definition.Return.Any(selection => selection is { Names: null, Filter: null })
            && (definition.Breakdowns.Count == 0 || definition.BreakdownAt == BreakdownAt.Birth);
        Conditions = ReturnsByAnything ? [StepCondition.Of(definition.Birth)] : [StepCondition.Of(definition.Birth), StepCondition.Of(definition.Return)];
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        SumOf = definition.SumOf is null ? null : CompiledExpression.Compile(definition.SumOf);
        // The first birth there ever was may lie long before the range; returns come whenever they come.
        Range = definition.Project.Cut(definition.Births == Definitions.Births.FirstEver ? TimeRange.Ever : TimeRange.Ever with { From = definition.Range.From });
        Properties = PropertiesOf(definition);
    }

    public RetentionDefinition Definition { get; }

    public RetentionRules Rules { get; }

    public CompleteBuckets Complete { get; }

    /// <summary>Whether every row of a person is a return: then only births are looked for.</summary>
    public bool ReturnsByAnything { get; }

    /// <summary>Birth and return, in the order of the kernel's bits.</summary>
    public IReadOnlyList<StepCondition> Conditions { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    public CompiledExpression? SumOf { get; }

    /// <summary>The rows that can matter.</summary>
    public TimeRange Range { get; }

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    /// <summary>Compared filters; one that lets all through where there are none.</summary>
    public IReadOnlyList<Expression?> Compared => Definition.Compared.Count == 0 ? [null] : [.. Definition.Compared.Select(compared => compared.Filter)];

    HashSet<PropertyReference> PropertiesOf(RetentionDefinition definition)
    {
        var properties = new HashSet<PropertyReference>();
        void Add(Expression? expression)
        {
            if (expression is not null) properties.UnionWith(CompiledExpression.Compile(expression).Inputs);
        }
        Add(definition.Filter);
        foreach (var selection in definition.Birth.Concat(definition.Return)) Add(selection.Filter);
        foreach (var compared in definition.Compared) Add(compared.Filter);
        foreach (var breakdown in Breakdowns) properties.UnionWith(breakdown.Inputs);
        if (SumOf is not null) properties.UnionWith(SumOf.Inputs);
        return properties;
    }
}
