using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>A segment's live rows in the order of <see cref="HashBuckets"/>, and whose each is: what a range takes of it stands together.</summary>
sealed class SegmentRows
{
    readonly int[] rows;
    readonly long[] buckets;
    readonly int[] codes;
    readonly GatheredTexts subjects;
    readonly ulong[] hashes;

    SegmentRows(int[] rows, long[] buckets, int[] codes, GatheredTexts subjects, ulong[] hashes) =>
        (this.rows, this.buckets, this.codes, this.subjects, this.hashes) = (rows, buckets, codes, subjects, hashes);

    /// <summary>Their places in the segment.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <summary>Each one's bucket; ascending.</summary>
    public ReadOnlySpan<long> Buckets => buckets;

    /// <summary>Each one's subject in <see cref="Subjects"/>; -1 for nobody.</summary>
    public ReadOnlySpan<int> Codes => codes;

    public GatheredTexts Subjects => subjects;

    public ulong HashOf(int code) => hashes[code];

    public long MemoryBytes => (16L * rows.Length) + (16L * hashes.Length) + subjects.Values.TotalBytes;

    public static async ValueTask<SegmentRows> ReadAsync(RowSegment segment, Partitions partitions, Subjects whose, CancellationToken cancellationToken)
    {
        var rows = LiveRows(segment);
        var times = (Int64Column?)await segment.PeekAsync(RowLayout.Time, cancellationToken) ?? throw new InvalidDataException($"rows lack the column {RowLayout.Time}");
        var codes = new int[rows.Length];
        var subjects = new GatheredTexts();
        await whose.ReadAsync(segment, rows, codes, subjects.CodeOf, cancellationToken);
        var hashes = new ulong[subjects.Count];
        for (var code = 0; code < hashes.Length; code++) hashes[code] = PersonHash.Of(subjects[code]);
        var buckets = new long[rows.Length];
        var isSorted = true;
        for (var i = 0; i < rows.Length; i++)
        {
            buckets[i] = HashBuckets.Of(partitions.Of(times.Values[rows[i]]), codes[i] < 0 ? 0 : hashes[codes[i]]);
            isSorted &= i == 0 || buckets[i] >= buckets[i - 1];
        }
        if (!isSorted) Sort(buckets, rows, codes);
        return new(rows, buckets, codes, subjects, hashes);
    }

    /// <summary>Which of the rows are of these buckets.</summary>
    public Range Within(long first, long end) => FirstAt(first)..FirstAt(end);

    int FirstAt(long bucket)
    {
        var (low, high) = (0, buckets.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (buckets[middle] < bucket) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    static void Sort(long[] buckets, int[] rows, int[] codes)
    {
        var order = new int[rows.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(buckets, order);
        var (unsortedRows, unsortedCodes) = (rows.AsSpan().ToArray(), codes.AsSpan().ToArray());
        for (var i = 0; i < order.Length; i++) (rows[i], codes[i]) = (unsortedRows[order[i]], unsortedCodes[order[i]]);
    }

    static int[] LiveRows(RowSegment segment)
    {
        var rows = new int[segment.LiveCount];
        var count = 0;
        for (var row = 0; row < segment.RowCount; row++)
            if (segment.Live[segment.FirstRow + row]) rows[count++] = row;
        return rows;
    }
}
