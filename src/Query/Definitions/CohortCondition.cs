using Cairn.Query.Filters;
using Cairn.Query.Funnels;

namespace Cairn.Query.Definitions;

/// <summary>What must be true of a person to be in a cohort: a tree of and, or and not over what they did and what is known of them.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/cohorts.md.</remarks>
public abstract record CohortCondition
{
    /// <summary>All of these; of none, true.</summary>
    public sealed record All(IReadOnlyList<CohortCondition> Of) : CohortCondition;

    /// <summary>At least one of these; of none, false.</summary>
    public sealed record Any(IReadOnlyList<CohortCondition> Of) : CohortCondition;

    public sealed record Not(CohortCondition Of) : CohortCondition;

    /// <summary>Did something so and so often, or for so and so much.</summary>
    /// <param name="Events">Any of these.</param>
    /// <param name="Measure">What is compared.</param>
    /// <param name="Is">How.</param>
    /// <param name="Value">With what.</param>
    /// <param name="Within">When.</param>
    public sealed record Did(IReadOnlyList<EventSelection> Events, CohortMeasure Measure, Comparison Is, double Value, TimeRange Within) : CohortCondition
    {
        /// <summary>Did it at all.</summary>
        public static Did AtAll(IReadOnlyList<EventSelection> events, TimeRange within) => new(events, new CohortMeasure.Count(), Comparison.AtLeast, 1, within);
    }

    /// <summary>Did it for the first time ever within a time.</summary>
    public sealed record FirstDid(IReadOnlyList<EventSelection> Events, TimeRange Within) : CohortCondition;

    /// <summary>Did one thing after the other, each by an event of its own.</summary>
    /// <param name="Steps">Each any of some events.</param>
    /// <param name="InMs">From the first to the last at most, milliseconds; null: any time.</param>
    public sealed record Sequence(IReadOnlyList<IReadOnlyList<EventSelection>> Steps, long? InMs, TimeRange Within) : CohortCondition;

    /// <summary>The last of these events was so: what was known of the person then, or what the event carried.</summary>
    /// <param name="Matches">What must be true of it. Without any event: false.</param>
    public sealed record Latest(IReadOnlyList<EventSelection> Events, Expression Matches, TimeRange Within) : CohortCondition;

    /// <summary>Is so now, by the person's properties.</summary>
    /// <param name="Matches">Reads properties of the person and nothing else.</param>
    public sealed record IsNow(Expression Matches) : CohortCondition;

    /// <summary>Is in another cohort, by its id.</summary>
    public sealed record In(string CohortId) : CohortCondition;

    /// <summary>Came so far in a funnel, or dropped out of it there.</summary>
    /// <param name="Step">From 1.</param>
    public sealed record InFunnel(FunnelDefinition Funnel, FunnelWho Who, int Step) : CohortCondition;

    /// <summary>Is one of these, by canonical id.</summary>
    public sealed record OneOf(IReadOnlySet<string> People) : CohortCondition;
}

/// <summary>What a condition on what people did compares.</summary>
public abstract record CohortMeasure
{
    /// <summary>How many events.</summary>
    public sealed record Count : CohortMeasure;

    /// <summary>On how many different days of the time zone.</summary>
    public sealed record Days : CohortMeasure;

    /// <summary>How many different values; what is missing is none, a list counts each of its elements.</summary>
    public sealed record Distinct(Expression Of) : CohortMeasure;

    /// <summary>An aggregate of a number. Of no numbers a sum is 0; every other aggregate compares as false.</summary>
    public sealed record Number(Expression Of, Aggregate Kind) : CohortMeasure;
}

/// <summary>How a number is compared.</summary>
public enum Comparison { AtLeast, MoreThan, AtMost, LessThan, Exactly, OtherThan }
