namespace Cairn.Storage.Recent;

/// <summary>Which messages of one partition some files have brought already: ranges of sequence numbers, joined where they touch.</summary>
/// <remarks>
/// A file's name carries the borders of the batch it came from, and the file holds every row of that batch; so a row whose message another
/// file covers is there already, and is taken once.
/// </remarks>
sealed class CoveredSeqs
{
    /// <summary>Ascending, apart from each other; ends included.</summary>
    readonly List<(long First, long Last)> ranges = [];

    /// <summary>Whether any message from <paramref name="first"/> to <paramref name="last"/> is covered.</summary>
    public bool Touches(long first, long last)
    {
        var at = FirstEndingFrom(first);
        return at < ranges.Count && ranges[at].First <= last;
    }

    /// <summary>Whether a message is covered.</summary>
    public bool Contains(long seq) => Touches(seq, seq);

    /// <summary>Covers one more range.</summary>
    public void Add(long first, long last)
    {
        // All ranges that meet the new one, or end right before it or begin right after it, become one.
        var from = FirstEndingFrom(first == long.MinValue ? first : first - 1);
        var to = from;
        for (; to < ranges.Count && ranges[to].First - 1 <= last; to++)
        {
            first = Math.Min(first, ranges[to].First);
            last = Math.Max(last, ranges[to].Last);
        }
        ranges.RemoveRange(from, to - from);
        ranges.Insert(from, (first, last));
    }

    /// <summary>The index of the first range whose end is not before <paramref name="seq"/>.</summary>
    int FirstEndingFrom(long seq)
    {
        int low = 0, high = ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Last < seq) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
