using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>What is computed for each bucket of each series.</summary>
/// <remarks>Formulas and worked examples: docs/semantics/segmentation.md, "Measures".</remarks>
public abstract record Measure
{
    /// <summary>How many events.</summary>
    public sealed record Totals : Measure;

    /// <summary>How many different persons; events of nobody count for nothing.</summary>
    public sealed record Uniques : Measure;

    /// <summary>How many different sessions have it; what is in no session counts for nothing.</summary>
    public sealed record Sessions : Measure;

    /// <summary>Events per person: totals over uniques, 0 where there is nobody.</summary>
    public sealed record AveragePerUser : Measure;

    /// <summary>The share of the persons active in the bucket who did it, from 0 to 1.</summary>
    public sealed record ActiveShare : Measure;

    /// <summary>An aggregate of a number that events carry.</summary>
    /// <param name="Of">The number; rows for which it is none are left out.</param>
    /// <param name="Kind">How they become one.</param>
    public sealed record Property(Expression Of, Aggregate Kind) : Measure;

    /// <summary>A percentile of a number that events carry.</summary>
    /// <param name="Of">The number; rows for which it is none are left out.</param>
    /// <param name="Fraction">From 0, the least, to 1, the greatest.</param>
    public sealed record Percentile(Expression Of, double Fraction) : Measure;

    /// <summary>How many different values, told apart by their text; a list has those of its elements, what is missing is none.</summary>
    public sealed record Distinct(Expression Of) : Measure;

    /// <summary>One number of each person, and then one of all theirs.</summary>
    public sealed record PerUser(UserNumber Of, Summary As) : Measure;

    /// <summary>How many persons, and how they spread over their numbers; events of nobody count for nothing.</summary>
    /// <param name="Edges">Where bins begin, ascending; null: chosen by the numbers there are.</param>
    public sealed record Frequency(UserNumber Of, IReadOnlyList<double>? Edges) : Measure;

    /// <summary>How many events carry a number, and how they spread over it.</summary>
    /// <param name="Edges">Where bins begin, ascending; null: chosen by the numbers there are.</param>
    public sealed record Histogram(Expression Of, IReadOnlyList<double>? Edges) : Measure;
}

/// <summary>How many numbers become one. Of no numbers: 0.</summary>
public enum Aggregate
{
    Sum,
    Average,
    Least,
    Greatest,

    /// <summary>The middle one; of an even count the mean of the two in the middle.</summary>
    Median,
}
