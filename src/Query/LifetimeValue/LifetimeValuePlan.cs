using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using NodaTime;

namespace Cairn.Query.LifetimeValue;

/// <summary>A definition made ready to be scanned for: its rows, its conditions, and every property it reads.</summary>
sealed class LifetimeValuePlan
{
    /// <summary>The conditions, as bits of a row's mask.</summary>
    public const uint BringsMoney = 1, GivesBirth = 2;

    public LifetimeValuePlan(LifetimeValueDefinition definition)
    {
        definition.Check();
        Definition = definition;
        Rows = Buckets.Cut(definition.Range, definition.Unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek);
        Ages = [.. definition.Ages];
        Amounts = [.. definition.Amounts.Select(CompiledExpression.Compile)];
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        BornByAnything = !definition.BornByPaying && definition.Birth.Any(selection => selection is { Names: null, Filter: null });
        Properties = PropertiesOf(definition);
    }

    public LifetimeValueDefinition Definition { get; }

    public Buckets Rows { get; }

    public int[] Ages { get; }

    /// <summary>Whether a person's very first row gives birth: then only money is looked for.</summary>
    public bool BornByAnything { get; }

    /// <summary>In the order of their bits.</summary>
    public IReadOnlyList<StepCondition> Conditions =>
        BornByAnything || Definition.BornByPaying ? [StepCondition.Of(Definition.Events)] : [StepCondition.Of(Definition.Events), StepCondition.Of(Definition.Birth)];

    public IReadOnlyList<CompiledExpression> Amounts { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    /// <summary>Compared filters; one that lets all through where there are none.</summary>
    public IReadOnlyList<Expression?> Compared => Definition.Compared.Count == 0 ? [null] : [.. Definition.Compared.Select(compared => compared.Filter)];

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    public long NowMs => Definition.Now.ToUnixTimeMilliseconds();

    /// <summary>How many ages everybody of a row has reached, whenever in it they were born.</summary>
    public int CompleteIn(int row) => LifetimeValueKernel.Reached(Rows.EndMs(row) - 1, NowMs, Ages);

    /// <summary>The row of a day; as many as there are rows where null: all of them.</summary>
    /// <exception cref="DefinitionException">There is none.</exception>
    public int RowOf(LocalDate? date)
    {
        if (date is not { } day) return Rows.Count;
        for (var row = 0; row < Rows.Count; row++)
            if (Rows.Starts[row].Date == day) return row;
        throw new DefinitionException("people.row", $"no row begins on {day:uuuu-MM-dd}; the answer names them");
    }

    /// <summary>The place of an age; -1 where null.</summary>
    /// <exception cref="DefinitionException">It is none of the definition's.</exception>
    public int AgeOf(int? age) => age is not { } days ? -1 : Array.IndexOf(Ages, days) is >= 0 and var index ? index : throw new DefinitionException("people.age", $"give one of {string.Join(", ", Ages)}");

    HashSet<PropertyReference> PropertiesOf(LifetimeValueDefinition definition)
    {
        var properties = new HashSet<PropertyReference>();
        foreach (var filter in definition.Events.Concat(definition.BornByPaying ? [] : definition.Birth).Select(selection => selection.Filter).Concat(Compared))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        foreach (var read in Amounts.Concat(Breakdowns)) properties.UnionWith(read.Inputs);
        return properties;
    }
}
