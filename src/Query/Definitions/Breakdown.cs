using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>What splits an answer: each value of the expression gets its own series.</summary>
/// <param name="By">Usually one property.</param>
public sealed record Breakdown(Expression By)
{
    public static Breakdown Of(PropertyScope scope, string name) => new(new Expression.Property(new(scope, name)));
}
