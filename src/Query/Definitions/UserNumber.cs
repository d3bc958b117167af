using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>The number that a person's events of one bucket come to, before all persons' numbers become one.</summary>
public abstract record UserNumber
{
    /// <summary>How many events.</summary>
    public sealed record Events : UserNumber;

    /// <summary>How many different sessions they are in; whoever has none is left out.</summary>
    public sealed record Sessions : UserNumber;

    /// <summary>An aggregate of a number that they carry; whoever has no event with a number is left out.</summary>
    /// <param name="Kind">Any but the median.</param>
    public sealed record Property(Expression Of, Aggregate Kind) : UserNumber;

    /// <summary>How many different values; whoever has none is left out.</summary>
    public sealed record Distinct(Expression Of) : UserNumber;
}

/// <summary>How all persons' numbers become one: by an aggregate, or by a percentile.</summary>
/// <param name="Fraction">Which percentile, from 0 to 1; null: <paramref name="Kind"/> decides.</param>
public readonly record struct Summary(Aggregate Kind, double? Fraction = null)
{
    public static Summary Percentile(double fraction) => new(Aggregate.Median, fraction);
}
