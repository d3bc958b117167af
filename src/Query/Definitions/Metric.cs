namespace Cairn.Query.Definitions;

/// <summary>What one line of a report shows: a measure, and the time that each bucket's looks back over.</summary>
/// <param name="Lookback">Null: the bucket alone.</param>
public sealed record Metric(Measure Measure, Lookback? Lookback = null)
{
    /// <summary>Bins of a distribution.</summary>
    public const int MaxEdges = 100;

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    internal void Check()
    {
        switch (Measure)
        {
            case Measure.Percentile percentile: CheckFraction(percentile.Fraction); break;
            case Measure.PerUser perUser:
                CheckUser(perUser.Of);
                if (perUser.As.Fraction is { } fraction) CheckFraction(fraction);
                break;
            case Measure.Frequency frequency:
                CheckUser(frequency.Of);
                CheckEdges(frequency.Edges);
                break;
            case Measure.Histogram histogram: CheckEdges(histogram.Edges); break;
        }
        Lookback?.Check(Measure);
    }

    static void CheckFraction(double fraction)
    {
        if (!(fraction is >= 0 and <= 1)) throw new DefinitionException("measure.percentile", "give a percentile from 0 to 100");
    }

    static void CheckUser(UserNumber of)
    {
        if (of is UserNumber.Property { Kind: Aggregate.Median }) throw new DefinitionException("measure.per_user", "a person's own number is a count, sum, average, min, max or count of different values");
    }

    static void CheckEdges(IReadOnlyList<double>? edges)
    {
        if (edges is null) return;
        if (edges.Count is 0 or > MaxEdges) throw new DefinitionException("measure.edges", $"give 1 to {MaxEdges} edges");
        for (var i = 0; i < edges.Count; i++)
            if (!double.IsFinite(edges[i]) || i > 0 && edges[i] <= edges[i - 1]) throw new DefinitionException("measure.edges", "give numbers, each greater than the one before");
    }
}
