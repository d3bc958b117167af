using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Rows that are in memory together: where they come from, whose they are, their place in files, and the columns that decide it.</summary>
/// <remarks>A row is known by its number here, in the order of the sources; <see cref="Order"/> has the numbers in the order of files.</remarks>
sealed class RowRange
{
    readonly GatheredTexts subjectTexts = new();
    readonly List<Part> parts = [];
    ulong[] hashes = [];
    int[] subjectCodes = [];
    int[] partitionOf = [];
    long[] times = [];
    int[] recoded = [];

    /// <summary>Rows of one segment.</summary>
    /// <param name="Rows">Their places in the segment.</param>
    /// <param name="First">The first one's number in the range; the others follow.</param>
    public readonly record struct Part(RowSegment Segment, int[] Rows, int First);

    public int Count { get; private set; }

    public IReadOnlyList<Part> Parts => parts;

    /// <summary>Row numbers in the order of files; known once <see cref="SortAsync"/> was called.</summary>
    public int[] Order { get; private set; } = [];

    public ReadOnlySpan<long> Times => times.AsSpan(0, Count);

    /// <summary>The partitions of the rows, ascending, numbered in this order.</summary>
    public int[] PartitionNumbers { get; private set; } = [];

    /// <summary>A row's partition: before <see cref="SortAsync"/> as <see cref="Partitions"/> names it, after it as its place in <see cref="PartitionNumbers"/>.</summary>
    public int PartitionOf(int row) => partitionOf[row];

    /// <summary>Rows of a partition, by its place.</summary>
    public int CountOf(int number) => partitionOf.AsSpan(0, Count).Count(Array.IndexOf(PartitionNumbers, number));

    public int SubjectOf(int row) => subjectCodes[row];

    public ulong HashOf(int row) => subjectCodes[row] < 0 ? 0 : hashes[subjectCodes[row]];

    public GatheredTexts SubjectTexts => subjectTexts;

    public ReadOnlySpan<int> SubjectCodes => subjectCodes.AsSpan(0, Count);

    /// <summary>Texts that order rows or make their keys, by the column's name; codes by row number.</summary>
    public Dictionary<string, KeyTexts> Texts { get; } = new(StringComparer.Ordinal);

    public long[] SentTimes { get; private set; } = [];

    /// <summary>Takes some of a segment's rows in.</summary>
    /// <param name="taken">Which of <paramref name="whose"/>.</param>
    public async ValueTask AddAsync(RowSegment segment, SegmentRows whose, Range taken, CancellationToken cancellationToken)
    {
        var rows = whose.Rows[taken].ToArray();
        if (rows.Length == 0) return;
        var read = (Int64Column?)await segment.ReadAsync(RowLayout.Time, cancellationToken) ?? throw new InvalidDataException($"rows lack the column {RowLayout.Time}");
        Grow(rows.Length);
        if (recoded.Length < whose.Subjects.Count) recoded = new int[Math.Max(whose.Subjects.Count, recoded.Length * 2)];
        recoded.AsSpan(0, whose.Subjects.Count).Fill(-1);
        var buckets = whose.Buckets[taken];
        var codes = whose.Codes[taken];
        for (var i = 0; i < rows.Length; i++)
        {
            var number = Count + i;
            (times[number], subjectCodes[number], partitionOf[number]) = (read.Values[rows[i]], codes[i], HashBuckets.PartitionOf(buckets[i]));
            if (codes[i] < 0) continue;
            ref var known = ref recoded[codes[i]];
            if (known < 0) known = CodeOf(whose.Subjects[codes[i]], whose.HashOf(codes[i]));
            subjectCodes[number] = known;
        }
        parts.Add(new(segment, rows, Count));
        Count += rows.Length;
    }

    /// <summary>Decides the order, from the columns named.</summary>
    /// <param name="texts">Columns of texts that order rows and make keys; those of <paramref name="ids"/> hardly repeat.</param>
    /// <param name="ties">Those of them that order rows of one person and time, the most important first.</param>
    public async ValueTask SortAsync(IEnumerable<string> texts, IReadOnlySet<string> ids, IReadOnlyList<string> ties, CancellationToken cancellationToken)
    {
        foreach (var name in texts) Texts[name] = await GatherAsync(name, ids.Contains(name), cancellationToken);
        SentTimes = await GatherSentAsync(cancellationToken);
        NumberPartitions();
        var tieTexts = ties.Select(name => Texts[name]).ToArray();
        var starts = Array.ConvertAll(PartitionNumbers, Partitions.StartMsOf);
        Order = RowSorter.Sort(partitionOf.AsSpan(0, Count), starts, Ranks(out var rankCount), rankCount, Times, (left, right) =>
        {
            foreach (var column in tieTexts)
                if (column[left].SequenceCompareTo(column[right]) is not 0 and var order) return order;
            return left.CompareTo(right);
        });
    }

    /// <summary>The texts of one column, by row number.</summary>
    public async ValueTask<KeyTexts> GatherAsync(string column, bool keepsAll, CancellationToken cancellationToken)
    {
        var texts = new GatheredTexts(keepsAll);
        var codes = new int[Count];
        var isEmpty = true;
        foreach (var part in parts)
        {
            var into = codes.AsMemory(part.First, part.Rows.Length);
            if (await part.Segment.ReadAsync(column, cancellationToken, distinct: !keepsAll) is not TextColumn read)
            {
                into.Span.Fill(-1);
                continue;
            }
            texts.Add(read, part.Rows, into.Span);
            isEmpty = false;
        }
        return new(texts, codes, isEmpty);
    }

    async ValueTask<long[]> GatherSentAsync(CancellationToken cancellationToken)
    {
        var sent = new long[Count];
        foreach (var part in parts)
        {
            var read = (Int64Column?)await part.Segment.ReadAsync(RowLayout.SentTime, cancellationToken);
            for (var i = 0; i < part.Rows.Length; i++) sent[part.First + i] = read is null ? Int64Column.Null : read.Values[part.Rows[i]];
        }
        return sent;
    }

    void NumberPartitions()
    {
        var numbers = new SortedSet<int>();
        var last = int.MinValue;
        foreach (var partition in partitionOf.AsSpan(0, Count))
            if (partition != last) numbers.Add(last = partition);
        PartitionNumbers = [.. numbers];
        var byPartition = PartitionNumbers.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var lastNumber = 0;
        last = int.MinValue;
        foreach (ref var partition in partitionOf.AsSpan(0, Count))
        {
            if (partition != last) lastNumber = byPartition[last = partition];
            partition = lastNumber;
        }
    }

    /// <summary>Each row's person, numbered by hash (and by id where two share one); rows of nobody come first.</summary>
    int[] Ranks(out int rankCount)
    {
        var codes = new int[subjectTexts.Count];
        for (var code = 0; code < codes.Length; code++) codes[code] = code;
        var keys = hashes.AsSpan(0, codes.Length).ToArray();
        Array.Sort(keys, codes);
        for (var start = 0; start < codes.Length;)
        {
            var end = start + 1;
            while (end < codes.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) Array.Sort(codes, start, end - start, Comparer<int>.Create((left, right) => subjectTexts[left].SequenceCompareTo(subjectTexts[right])));
            start = end;
        }
        var rankOf = new int[codes.Length];
        for (var rank = 0; rank < codes.Length; rank++) rankOf[codes[rank]] = rank + 1;
        var ranks = new int[Count];
        for (var row = 0; row < ranks.Length; row++) ranks[row] = subjectCodes[row] < 0 ? 0 : rankOf[subjectCodes[row]];
        rankCount = codes.Length + 1;
        return ranks;
    }

    int CodeOf(ReadOnlySpan<byte> subject, ulong hash)
    {
        var known = subjectTexts.Count;
        var code = subjectTexts.CodeOf(subject);
        if (code < known) return code;
        if (code >= hashes.Length) Array.Resize(ref hashes, Math.Max(1024, hashes.Length * 2));
        hashes[code] = hash;
        return code;
    }

    void Grow(int more)
    {
        var length = Count + more;
        if (length <= times.Length) return;
        length = Math.Max(length, times.Length * 2);
        Array.Resize(ref times, length);
        Array.Resize(ref subjectCodes, length);
        Array.Resize(ref partitionOf, length);
    }
}

/// <summary>A column of texts by row number.</summary>
/// <param name="IsEmpty">Whether no row has a text.</param>
sealed record KeyTexts(GatheredTexts Texts, int[] Codes, bool IsEmpty)
{
    /// <summary>A row's text; empty where it has none.</summary>
    public ReadOnlySpan<byte> this[int row] => Texts[Codes[row]];
}
