using System.Runtime.InteropServices;
using Cairn.Model.Identity;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Shares rows out to ranges of (partition, hash of person) that fit into memory, by counting them first where they might not fit at once.</summary>
sealed class RangePlan
{
    /// <summary>Hash ranges that are counted apart: the bits of a hash that say which.</summary>
    const int BucketBits = 12, BucketCount = 1 << BucketBits;

    readonly Dictionary<int, long> rowsByPartition = [];

    RangePlan(IReadOnlyList<Range> ranges) => Ranges = ranges;

    public IReadOnlyList<Range> Ranges { get; }

    /// <summary>Rows of a partition in all ranges; null where nobody counted, for there is one range.</summary>
    public long? RowsOf(int partition) => rowsByPartition.TryGetValue(partition, out var rows) ? rows : null;

    public static async ValueTask<RangePlan> MakeAsync(
        List<RowSegment> segments, string table, LakeSplit split, PersonMap persons, int maxRows, CancellationToken cancellationToken)
    {
        if (segments.Sum(segment => (long)segment.LiveCount) <= maxRows) return new([new(null, null, 0, long.MaxValue, _ => true)]);
        var counts = new SortedDictionary<long, int>();
        var buckets = new Dictionary<RowSegment, HashSet<long>>();
        var flat = new Dictionary<long, int>();
        foreach (var segment in segments)
        {
            // A range of its own for each segment: nothing is kept of its rows but these counts.
            var rows = new RowRange(split, new Subjects(table, persons), null);
            await segment.LoadAsync(cancellationToken);
            await rows.AddAsync(segment, cancellationToken);
            segment.Unload();
            var own = buckets[segment] = [];
            for (var row = 0; row < rows.Count; row++)
            {
                var bucket = BucketOf(rows.PartitionOf(row), rows.HashOf(row));
                own.Add(bucket);
                CollectionsMarshal.GetValueRefOrAddDefault(flat, bucket, out _)++;
            }
            foreach (var (bucket, count) in flat) counts[bucket] = counts.GetValueOrDefault(bucket) + count;
            flat.Clear();
        }
        return Cut(counts, buckets, maxRows);
    }

    static RangePlan Cut(SortedDictionary<long, int> counts, Dictionary<RowSegment, HashSet<long>> buckets, int maxRows)
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
        var lastOf = counts.Keys.GroupBy(PartitionOf).ToDictionary(group => group.Key, group => group.Max());
        var plan = new RangePlan([.. borders.Select(border => new Range(
            (partition, hash) => BucketOf(partition, hash) is var bucket && bucket >= border.First && bucket < border.End,
            buckets, border.First, border.End, partition => lastOf[partition] < border.End))]);
        foreach (var (bucket, count) in counts) plan.rowsByPartition[PartitionOf(bucket)] = plan.rowsByPartition.GetValueOrDefault(PartitionOf(bucket)) + count;
        return plan;
    }

    static long BucketOf(int partition, ulong hash) => ((long)partition << BucketBits) + (long)(hash >> (64 - BucketBits));

    static int PartitionOf(long bucket) => (int)(bucket >> BucketBits);

    /// <summary>Rows that are written together.</summary>
    /// <param name="isWanted">Whether a row of a partition and hash is one of them; null where all are.</param>
    /// <param name="buckets">What each segment has.</param>
    /// <param name="ends">Whether no later range has rows of a partition.</param>
    public sealed class Range(Func<int, ulong, bool>? isWanted, Dictionary<RowSegment, HashSet<long>>? buckets, long first, long end, Func<int, bool> ends)
    {
        public Func<int, ulong, bool>? IsWanted => isWanted;

        public Func<int, bool> Ends => ends;

        public bool MayHave(RowSegment segment) => buckets is null || buckets[segment].Any(bucket => bucket >= first && bucket < end);
    }
}
