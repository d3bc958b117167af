using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Puts the distributions of a metric's series into the same bins.</summary>
/// <param name="counted">Where the buckets of the series were counted.</param>
sealed class SeriesBins(SegmentationPlan plan, JoinedSeries counted)
{
    /// <summary>Bins of each series; the open ones at both ends are left out where they are empty in all.</summary>
    /// <param name="indexes">The series as counted; -1 for those without any event.</param>
    public IReadOnlyList<IReadOnlyList<SeriesBin>> Of(IReadOnlyList<int> indexes)
    {
        var edges = EdgesOf(indexes);
        var wholes = indexes.Select(index => index < 0 ? new int[edges.Count + 1] : BinEdges.Counts(counted.Tally.SpreadOf(index), edges)).ToArray();
        var buckets = plan.Axis.Shown.Count;
        var result = new IReadOnlyList<SeriesBin>[indexes.Count];
        var first = wholes.Any(whole => whole[0] > 0) ? 0 : 1;
        var last = wholes.Any(whole => whole[^1] > 0) || edges.Count == 1 ? edges.Count : edges.Count - 1;
        for (var i = 0; i < result.Length; i++)
        {
            var byBucket = new int[buckets][];
            for (var bucket = 0; bucket < buckets; bucket++)
                byBucket[bucket] = indexes[i] < 0 ? new int[edges.Count + 1] : BinEdges.Counts(counted.Tally.SpreadOf(indexes[i], bucket), edges);
            result[i] =
            [
                .. Enumerable.Range(first, last - first + 1).Select(bin => new SeriesBin(
                    bin == 0 ? null : edges[bin - 1], bin == edges.Count ? null : edges[bin], [.. byBucket.Select(counts => counts[bin])], wholes[i][bin])),
            ];
        }
        return result;
    }

    IReadOnlyList<double> EdgesOf(IReadOnlyList<int> indexes)
    {
        var given = plan.Metric.Measure switch { Measure.Frequency frequency => frequency.Edges, Measure.Histogram histogram => histogram.Edges, _ => null };
        if (given is not null) return given;
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var index in indexes)
        {
            if (index < 0) continue;
            var spread = counted.Tally.SpreadOf(index);
            if (spread.IsEmpty) continue;
            (least, greatest) = (Math.Min(least, spread[0]), Math.Max(greatest, spread[^1]));
        }
        return least > greatest ? [0] : BinEdges.For(least, greatest, plan.Metric.Measure is Measure.Frequency { Of: UserNumber.Events or UserNumber.Sessions or UserNumber.Distinct });
    }
}
