using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>One cell whose people are asked for.</summary>
/// <param name="Bucket">Of those answered; null: the whole range.</param>
/// <param name="Bin">Where the bin of a distribution begins; null: all of them.</param>
sealed record WatchedCell(NamedSeries Series, int? Bucket, double? Bin, double BinUntil);

/// <summary>Notes the people of one cell and the number of each.</summary>
sealed class CellWatch
{
    readonly SegmentationPlan plan;
    readonly WatchedCell watched;
    readonly PersonNumbers numbers;
    readonly List<(int Person, double Number)> people = [];
    readonly int[] cells = new int[RowBatch.Capacity], persons = new int[RowBatch.Capacity];

    public CellWatch(SegmentationPlan plan, WatchedCell watched, ReportMemory memory)
    {
        (this.plan, this.watched) = (plan, watched);
        numbers = new(NumberOf(plan.Metric.Measure), memory, (_, person, number) => people.Add((person, number)));
        numbers.Grow(1);
    }

    /// <summary>Notes rows of one shard.</summary>
    /// <param name="series">What the numbers of the batch's series mean.</param>
    /// <param name="firstPerson">The number of the shard's first person.</param>
    public void Count(RowBatch batch, SeriesTable series, JourneyShard shard, int firstPerson)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            cells[i] = IsOf(series.Keys[batch.Series[i]]) && IsIn(batch.Buckets[i]) && HasValue(batch.Values[i]) ? 0 : -1;
            persons[i] = batch.Persons[i] < 0 ? -1 : shard.Persons[batch.Persons[i] - firstPerson];
        }
        numbers.Count(cells.AsSpan(0, batch.Count), persons.AsSpan(0, batch.Count), batch.Values.AsSpan(0, batch.Count));
    }

    /// <summary>Codes of the people with the number of each, once all is counted.</summary>
    public IReadOnlyList<(int Person, double Number)> People()
    {
        numbers.FinishAll();
        return watched.Bin is { } from && plan.Metric.Measure is Measure.Frequency ? [.. people.Where(one => one.Number >= from && one.Number < watched.BinUntil)] : people;
    }

    /// <summary>Whether a series that is counted is the one asked for: where others are, those of every line are counted beside the chosen.</summary>
    bool IsOf(in SeriesKey key) => key.Line == watched.Series.Line && key.IsOther == watched.Series.IsOther;

    bool IsIn(int bucket)
    {
        if (watched.Bucket is not { } shown) return bucket >= 0;
        var counted = bucket < 0 ? ~bucket : bucket;
        // What adds up since the range began is counted bucket by bucket.
        return plan.Metric.Lookback is Lookback.SinceStart && plan.Axis.IsPlain ? counted <= shown : plan.Axis.Covers(shown, counted);
    }

    bool HasValue(double value) => watched.Bin is not { } from || plan.Metric.Measure is not Measure.Histogram || value >= from && value < watched.BinUntil;

    static UserNumber NumberOf(Measure measure) => measure switch
    {
        Measure.PerUser perUser => perUser.Of,
        Measure.Frequency frequency => frequency.Of,
        Measure.Property { Kind: Aggregate.Sum } sum => new UserNumber.Property(sum.Of, Aggregate.Sum),
        Measure.Distinct distinct => new UserNumber.Distinct(distinct.Of),
        Measure.Sessions => new UserNumber.Sessions(),
        _ => new UserNumber.Events(),
    };
}
