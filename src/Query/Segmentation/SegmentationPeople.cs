using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Segmentation;

/// <summary>The people behind a number.</summary>
/// <param name="People">Each once, by the order of their ids.</param>
public sealed record SegmentationPeople(IReadOnlyList<SegmentationPerson> People, Coverage Coverage);

/// <summary>One of them.</summary>
/// <param name="Person">The id that all linked ids stand for.</param>
/// <param name="Number">What the person has of it: the sum where sums are asked for, the person's own number where that is, how many different values, and else how many events.</param>
public sealed record SegmentationPerson(string Person, double Number);

/// <summary>One number of a segmentation's answer.</summary>
/// <param name="Keys">The series' breakdown values; empty without breakdowns, and for the overall series and the others.</param>
/// <param name="Bucket">The bucket's start; null for the whole range.</param>
/// <param name="Bin">Where the bin of a distribution begins, negative infinity for the one without a beginning; null: all of them.</param>
/// <param name="BinUntil">Where it ends; infinity for the one without an end.</param>
public sealed record SegmentationNumber(
    int EventIndex, int ComparedIndex, SeriesKind Kind, IReadOnlyList<string> Keys, LocalDateTime? Bucket = null, double? Bin = null, double BinUntil = double.PositiveInfinity)
{
    internal void Check(SegmentationDefinition definition)
    {
        if (EventIndex < 0 || EventIndex >= definition.Events.Count) throw new DefinitionException("people.event", $"give the number of an event, from 0 to {definition.Events.Count - 1}");
        if (ComparedIndex < 0 || ComparedIndex >= Math.Max(1, definition.Compared.Count)) throw new DefinitionException("people.compared", "give the number of a compared filter, from 0");
        var breakdowns = definition.BreakdownsOf(EventIndex);
        if (Kind == SeriesKind.Value && Keys.Count != breakdowns) throw new DefinitionException("people.keys", $"give {breakdowns} values, one a breakdown");
        if (Kind == SeriesKind.Overall && !definition.WithOverall || Kind == SeriesKind.Other && !definition.WithOther || Kind != SeriesKind.Value && breakdowns == 0)
            throw new DefinitionException("people.kind", "the answer has no such series; ask it for overall or other");
        if (definition.MetricOf(EventIndex).Lookback is Lookback.Average) throw new DefinitionException("people", "a rolling average is of several numbers; ask for the people of one of them, without the average");
        if (Bin is not null && definition.MetricOf(EventIndex).Measure is not (Measure.Frequency or Measure.Histogram)) throw new DefinitionException("people.bin", "only distributions have bins");
    }

    /// <summary>The cell of a plan that it is.</summary>
    /// <exception cref="DefinitionException">There is no such bucket.</exception>
    internal WatchedCell In(SegmentationPlan plan)
    {
        var kind = Kind == SeriesKind.Overall ? LineKind.Overall : LineKind.Values;
        var line = 0;
        while (plan.Lines[line].EventIndex != EventIndex || plan.Lines[line].ComparedIndex != ComparedIndex || plan.Lines[line].Kind != kind) line++;
        return new(new(line, KeyAt(0), KeyAt(1), KeyAt(2), Kind == SeriesKind.Other), BucketIn(plan.Axis.Shown), Bin, BinUntil);

        // What is missing goes by its name, as every text that says the same does.
        string? KeyAt(int breakdown) => Kind != SeriesKind.Value || breakdown >= Keys.Count || Keys[breakdown] == plan.Definition.Switches.MissingKey ? null : Keys[breakdown];
    }

    int? BucketIn(Buckets buckets)
    {
        if (Bucket is not { } start) return null;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
            if (buckets.Starts[bucket] == start) return bucket;
        throw new DefinitionException("people.bucket", "give the start of one of the answer's buckets");
    }
}
