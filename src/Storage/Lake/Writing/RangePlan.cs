using System.Collections;
using System.Runtime.InteropServices;
using Cairn.Model.Identity;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Shares rows out to ranges of (partition, hash of subject) that fit into memory, by counting them first where they might not fit at once.</summary>
sealed class RangePlan
{
    readonly Dictionary<int, long> rowsByPartition = [];
    readonly Dictionary<RowSegment, BitArray> rangesOf = [];

    RangePlan(IReadOnlyList<Range> ranges) => Ranges = ranges;

    /// <summary>In the order of files.</summary>
    public IReadOnlyList<Range> Ranges { get; }

    /// <summary>Rows of a partition in all ranges; null where nobody counted, for there is one range.</summary>
    public long? RowsOf(int partition) => rowsByPartition.TryGetValue(partition, out var rows) ? rows : null;

    /// <summary>Whether a segment has rows of a range; of one past the last it has none.</summary>
    public bool IsWanted(RowSegment segment, int range) => range < Ranges.Count && (Ranges.Count == 1 || rangesOf[segment][range]);

    public static async ValueTask<RangePlan> MakeAsync(
        List<RowSegment> segments, string table, LakeSplit split, PersonMap persons, int maxRows, CancellationToken cancellationToken)
    {
        if (segments.Sum(segment => (long)segment.LiveCount) <= maxRows) return new([new(long.MinValue, long.MaxValue, _ => true)]);
        var counts = new SortedDictionary<long, int>();
        var met = new Dictionary<RowSegment, Dictionary<int, BitArray>>();
        var flat = new Dictionary<long, int>();
        var (partitions, subjects) = (new Partitions(split), new Subjects(table, persons));
        foreach (var segment in segments)
        {
            // Nothing is kept of a segment's rows but these counts.
            var rows = await SegmentRows.ReadAsync(segment, partitions, subjects, cancellationToken);
            segment.Unload();
            foreach (var bucket in rows.Buckets) CollectionsMarshal.GetValueRefOrAddDefault(flat, bucket, out _)++;
            var own = met[segment] = [];
            foreach (var (bucket, count) in flat)
            {
                counts[bucket] = counts.GetValueOrDefault(bucket) + count;
                if (!own.TryGetValue(HashBuckets.PartitionOf(bucket), out var places)) own.Add(HashBuckets.PartitionOf(bucket), places = new(HashBuckets.CountOfPartition));
                places[HashBuckets.PlaceOf(bucket)] = true;
            }
            flat.Clear();
        }
        return Cut(counts, met, maxRows);
    }

    static RangePlan Cut(SortedDictionary<long, int> counts, Dictionary<RowSegment, Dictionary<int, BitArray>> met, int maxRows)
    {
        var borders = new List<(long First, long End)>();
        long rows = 0;
        foreach (var (bucket, count) in counts)
        {
            if (borders.Count == 0 || rows + count > maxRows)
            {
                borders.Add((bucket, bucket + 1));
                rows = count;
                continue;
            }
            borders[^1] = (borders[^1].First, bucket + 1);
            rows += count;
        }
        var lastOf = counts.Keys.GroupBy(HashBuckets.PartitionOf).ToDictionary(group => group.Key, group => group.Max());
        var plan = new RangePlan([.. borders.Select(border => new Range(border.First, border.End, partition => lastOf[partition] < border.End))]);
        foreach (var (bucket, count) in counts) plan.rowsByPartition[HashBuckets.PartitionOf(bucket)] = plan.rowsByPartition.GetValueOrDefault(HashBuckets.PartitionOf(bucket)) + count;
        foreach (var (segment, own) in met) plan.rangesOf.Add(segment, RangesOf(own, borders));
        return plan;
    }

    static BitArray RangesOf(Dictionary<int, BitArray> met, List<(long First, long End)> borders)
    {
        var ranges = new BitArray(borders.Count);
        for (var range = 0; range < borders.Count; range++)
            foreach (var (partition, places) in met)
            {
                var start = HashBuckets.Of(partition, 0);
                var (first, end) = (Math.Max(borders[range].First, start) - start, Math.Min(borders[range].End, start + HashBuckets.CountOfPartition) - start);
                for (var place = first; place < end && !ranges[range]; place++) ranges[range] = places[(int)place];
            }
        return ranges;
    }

    /// <summary>Rows that are written together.</summary>
    /// <param name="First">The first of their buckets, and the end of them.</param>
    /// <param name="Ends">Whether no later range has rows of a partition.</param>
    public sealed record Range(long First, long End, Func<int, bool> Ends);
}
