using Cairn.Query.Definitions;
using Cairn.Query.Filters;

namespace Cairn.Query.Lifecycle;

/// <summary>A definition made ready to be scanned for: its intervals, and every property it reads.</summary>
sealed class LifecyclePlan
{
    public LifecyclePlan(LifecycleDefinition definition)
    {
        Intervals = new(definition);
        Definition = definition;
        Breakdowns = [.. definition.Breakdowns.Select(breakdown => CompiledExpression.Compile(breakdown.By))];
        var properties = Breakdowns.SelectMany(breakdown => breakdown.Inputs).ToHashSet();
        foreach (var filter in definition.Events.Select(selection => selection.Filter).Append(definition.Filter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        Properties = properties;
    }

    public LifecycleDefinition Definition { get; }

    public LifecycleIntervals Intervals { get; }

    public IReadOnlyList<CompiledExpression> Breakdowns { get; }

    /// <summary>Every property that some expression reads.</summary>
    public IReadOnlyCollection<PropertyReference> Properties { get; }

    /// <summary>Whether an interval is over.</summary>
    public bool IsComplete(int row) => Intervals.StartsMs[row + 2] <= Definition.Now.ToUnixTimeMilliseconds();

    /// <summary>The interval that a day begins.</summary>
    /// <exception cref="DefinitionException">It begins none.</exception>
    public int RowOf(NodaTime.LocalDate date)
    {
        for (var row = 0; row < Intervals.Count; row++)
            if (Intervals.Starts[row].Date == date) return row;
        throw new DefinitionException("people.row", $"no interval begins on {date:uuuu-MM-dd}; the answer names them");
    }
}
