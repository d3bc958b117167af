namespace Cairn.Query.Scanning;

/// <summary>Runs of rows that are passed over, few and far between: whoever walks rows in order compares each with the next gap.</summary>
/// <param name="from">Where each begins, ascending; none touches another.</param>
/// <param name="until">Where each ends, exclusive.</param>
sealed class RowGaps(int[] from, int[] until)
{
    public static RowGaps None { get; } = new([], []);

    public int Count => from.Length;

    /// <summary>Rows in gaps.</summary>
    public int RowCount { get; } = until.Sum() - from.Sum();

    /// <summary>Keeps those of ascending rows that lie in no gap; gives how many.</summary>
    public int Keep(Span<int> rows, int count)
    {
        if (from.Length == 0) return count;
        var (gap, kept) = (0, 0);
        foreach (var row in rows[..count])
        {
            while (gap < until.Length && row >= until[gap]) gap++;
            if (gap == until.Length || row < from[gap]) rows[kept++] = row;
        }
        return kept;
    }
}
