using Cairn.Query.Definitions;

namespace Cairn.Query.Journeys;

/// <summary>One thing a report looks for in a person's events: a funnel's step, a birth event. An event meets it that is any of some.</summary>
sealed record StepCondition(IReadOnlyList<EventSelection> AnyOf)
{
    public static StepCondition Of(params IReadOnlyList<EventSelection> anyOf) => new(anyOf);
}
