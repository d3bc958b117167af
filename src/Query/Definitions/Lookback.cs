namespace Cairn.Query.Definitions;

/// <summary>The time before a bucket's end that its number looks back over; events before the report's range count there as well.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/segmentation.md, "Looking back".</remarks>
public abstract record Lookback
{
    /// <summary>Buckets or days that a number may look back over: a year of days.</summary>
    public const int MaxCount = 366;

    /// <summary>The measure of so many buckets together, the last of them its own: a person counts once.</summary>
    public sealed record Rolling(int Buckets) : Lookback;

    /// <summary>The mean of the numbers of so many buckets, the last of them its own.</summary>
    public sealed record Average(int Buckets) : Lookback;

    /// <summary>Persons of so many days by the calendar, ending with the bucket: daily, weekly and monthly active users.</summary>
    public sealed record Days(int Count) : Lookback;

    /// <summary>All since the range began.</summary>
    public sealed record SinceStart : Lookback;

    internal void Check(Measure measure)
    {
        var count = this switch { Rolling rolling => rolling.Buckets, Average average => average.Buckets, Days days => days.Count, _ => 1 };
        if (count is < 1 or > MaxCount) throw new DefinitionException("rolling", $"look back over 1 to {MaxCount}");
        if (measure is Measure.Frequency or Measure.Histogram) throw new DefinitionException("rolling", "a distribution has no rolling or cumulative form");
        if (this is Days && measure is not (Measure.Uniques or Measure.ActiveShare)) throw new DefinitionException("rolling", "days go with persons; ask for a rolling window of buckets");
        if (this is SinceStart && measure is not (Measure.Totals or Measure.Uniques or Measure.Property { Kind: Aggregate.Sum }))
            throw new DefinitionException("cumulative", "it goes with totals, uniques and sums");
    }
}
