using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using NodaTime;

namespace Cairn.Query.Revenue;

/// <summary>A definition made ready to be scanned for: its buckets, its conditions, and every property it reads.</summary>
sealed class RevenuePlan
{
    /// <summary>The conditions, as bits of a row's mask.</summary>
    public const uint IsActive = 1, BringsMoney = 2;

    public RevenuePlan(RevenueDefinition definition)
    {
        definition.Check();
        Definition = definition;
        Buckets = Buckets.Cut(definition.Range, definition.Unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek);
        Amounts = [.. definition.Amounts.Select(CompiledExpression.Compile)];
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        Properties = PropertiesOf(definition);
    }

    public RevenueDefinition Definition { get; }

    public Buckets Buckets { get; }

    /// <summary>Active and bringing money, in the order of their bits.</summary>
    public IReadOnlyList<StepCondition> Conditions => [StepCondition.Of(Definition.Active), StepCondition.Of(Definition.Events)];

    public IReadOnlyList<CompiledExpression> Amounts { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    /// <summary>Whether a bucket is over.</summary>
    public bool IsComplete(int bucket) => Buckets.EndMs(bucket) <= Definition.Now.ToUnixTimeMilliseconds();

    /// <summary>The bucket that begins at a local time; the one after the last where null: the whole range.</summary>
    /// <exception cref="DefinitionException">There is none.</exception>
    public int IndexOf(LocalDateTime? start)
    {
        if (start is not { } local) return Buckets.Count;
        for (var bucket = 0; bucket < Buckets.Count; bucket++)
            if (Buckets.Starts[bucket] == local) return bucket;
        throw new DefinitionException("people.row", $"no bucket begins at {local:uuuu-MM-dd'T'HH:mm}; the answer names them");
    }

    HashSet<PropertyReference> PropertiesOf(RevenueDefinition definition)
    {
        var properties = new HashSet<PropertyReference>();
        foreach (var filter in definition.Events.Concat(definition.Active).Select(selection => selection.Filter).Append(definition.Filter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        foreach (var read in Amounts.Concat(Breakdowns)) properties.UnionWith(read.Inputs);
        return properties;
    }
}
