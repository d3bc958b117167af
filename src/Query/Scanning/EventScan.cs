using Cairn.Query.Definitions;

namespace Cairn.Query.Scanning;

/// <summary>Picks the rows of a part that one line of a report counts.</summary>
/// <remarks>One worker's own.</remarks>
sealed class EventScan(EventSelection selection, IReadOnlyList<RowFilter> filters)
{
    readonly NameTable names = new(name => selection.Covers(name) ? 1u : 0);
    int[] buffer = [];

    /// <summary>The rows inside the range, of the events selected, for which every filter is true; ascending.</summary>
    /// <returns>Good until the next call.</returns>
    public ReadOnlySpan<int> Pick(PartColumns part, TimeRange range)
    {
        part.Turn?.Pause();
        if (buffer.Length <= part.RowCount) buffer = new int[part.RowCount + 1];
        var count = part.Events.Codes.Select(names.For(part.Events.Pool), buffer);
        count = InRange(part, range, buffer, count);
        foreach (var filter in filters) count = filter.Keep(part, buffer.AsSpan(0, count));
        return buffer.AsSpan(0, count);
    }

    /// <summary>Keeps those of the rows that count and lie in the range; gives how many.</summary>
    internal static int InRange(PartColumns part, TimeRange range, Span<int> rows, int count)
    {
        count = part.Gaps.Keep(rows, count);
        if (part.IsWithin(range)) return count;
        var live = part.Rows.Live.IsAll ? null : part.Rows.Live;
        var times = part.Times.Values;
        var (fromMs, lengthMs) = (range.FromMs, (ulong)(range.UntilMs - range.FromMs));
        var kept = 0;
        foreach (var row in rows[..count])
        {
            // As an unsigned number a time before the range is too large as well.
            if ((ulong)(times[row] - fromMs) < lengthMs && (live is null || live[row])) rows[kept++] = row;
        }
        return kept;
    }
}
