using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>Where an event's amount of money stands.</summary>
/// <remarks>Sources and worked examples: docs/semantics/revenue.md, "Amounts".</remarks>
public static class RevenueAmounts
{
    /// <summary>Places that one report looks in.</summary>
    public const int MaxPlaces = 10;

    /// <summary>
    /// Where the dialects put it, the first that is a number: Amplitude's <c>$revenue</c> (which the door works out of price and quantity where it is missing), Segment's <c>revenue</c>, then
    /// <c>$amount</c>, Mixpanel's name for what a charge came to.
    /// </summary>
    public static IReadOnlyList<Expression> Default { get; } = [Of("$revenue"), Of("revenue"), Of("$amount")];

    static Expression.Property Of(string property) => new(new(PropertyScope.Event, property));
}

/// <summary>Who pays.</summary>
public enum Payers
{
    /// <summary>Whoever brought an amount above zero.</summary>
    AboveZero,

    /// <summary>Whoever brought any amount, be it zero or a refund.</summary>
    AnyAmount,
}
