using Cairn.Query.Definitions;

namespace Cairn.Query.Composition;

/// <summary>What a composition report came to.</summary>
/// <param name="People">Everybody who was active, each once.</param>
/// <param name="Series">The values with the most people, the most first.</param>
/// <param name="Other">People with a value that the limit left out, each once.</param>
/// <param name="SeriesBeforeLimit">How many values there were before the limit.</param>
public sealed record CompositionAnswer(int People, IReadOnlyList<CompositionSeries> Series, int Other, int SeriesBeforeLimit, Coverage Coverage)
{
    /// <summary>Which part of everybody so many are, 0 to 1.</summary>
    public double ShareOf(int people) => People == 0 ? 0 : (double)people / People;
}

/// <summary>One value.</summary>
/// <param name="Keys">The value of each property; where sets are counted, the values of the set, in order.</param>
public sealed record CompositionSeries(IReadOnlyList<string> Keys, int People);
