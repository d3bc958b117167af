using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Rows;

namespace Cairn.Query.Persons;

/// <summary>Which entries of a history are asked for.</summary>
/// <remarks>With names or a condition only events are: changes of the profile have neither.</remarks>
public sealed class HistoryFilter
{
    readonly HashSet<string>? names;
    readonly CompiledExpression? condition;

    /// <param name="range">When they happened; null: ever.</param>
    /// <param name="names">The events' names; empty: any.</param>
    /// <param name="condition">What must be true of an event; null: nothing.</param>
    /// <exception cref="DefinitionException">The condition asks for a cohort, or for a group's profile.</exception>
    public HistoryFilter(TimeRange? range = null, IReadOnlyCollection<string>? names = null, Expression? condition = null)
    {
        Range = range ?? TimeRange.Ever;
        this.names = names is { Count: > 0 } ? names.ToHashSet(StringComparer.Ordinal) : null;
        this.condition = condition is null ? null : CompiledExpression.Compile(condition);
        if (this.condition?.Inputs.FirstOrDefault(input => input.Scope == PropertyScope.Cohort) is { } cohort)
            throw new DefinitionException("where", $"{cohort} is the same for all events of one person; ask for the cohort itself with POST /api/v1/query/cohorts");
        if (this.condition?.Inputs.FirstOrDefault(input => input.Scope is PropertyScope.GroupProfile or PropertyScope.GroupProfileAtEvent) is { } group)
            throw new DefinitionException("where", $"{group} is what is known of a group, not what an event carried; ask for the group itself, group[\"{group.GroupKey}\"]");
    }

    public TimeRange Range { get; }

    /// <summary>Whether it looks at what events are, beside when they happened.</summary>
    public bool LooksAtEvents => names is not null || condition is not null;

    /// <summary>Whether it looks at what was known of the person.</summary>
    public bool NeedsProfiles => condition is not null && condition.Inputs.Any(input => input.Scope is PropertyScope.User or PropertyScope.UserAtEvent);

    /// <exception cref="ExpressionException">The condition met a value it can't judge.</exception>
    public bool Matches(EventRow row)
    {
        if (names?.Contains(row.Name) == false) return false;
        return condition is null || condition.Evaluate([.. condition.Inputs.Select(input => EventValues.Of(row, input))]).IsTrue;
    }
}
