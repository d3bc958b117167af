using Cairn.Query.Definitions;

namespace Cairn.Query.Scanning;

/// <summary>Picks the rows of a part that one line of a report counts.</summary>
/// <remarks>One worker's own.</remarks>
sealed class EventScan(EventSelection selection, IReadOnlyList<RowFilter> filters)
{
    bool[] isWanted = [];
    int judged;

    /// <summary>The rows inside the range, of the events selected, for which every filter is true; ascending.</summary>
    public int[] Pick(PartColumns part, TimeRange range)
    {
        JudgeNames(part.Events.Pool);
        ReadOnlySpan<int> codes = part.Events.Codes;
        ReadOnlySpan<bool> wanted = isWanted;
        var times = part.Times.Values;
        var live = part.Rows.Live.IsAll ? null : part.Rows.Live;
        var (fromMs, lengthMs) = (range.FromMs, (ulong)(range.UntilMs - range.FromMs));
        var rows = new int[codes.Length];
        var count = 0;
        for (var row = 0; row < codes.Length; row++)
        {
            // As unsigned numbers a missing name (-1) and a time before the range are too large as well.
            if ((uint)codes[row] >= (uint)wanted.Length || !wanted[codes[row]] || (ulong)(times[row] - fromMs) >= lengthMs) continue;
            if (live is null || live[row]) rows[count++] = row;
        }
        foreach (var filter in filters) count = filter.Keep(part, rows.AsSpan(0, count));
        return rows[..count];
    }

    /// <summary>Decides once per event name whether it is one of ours.</summary>
    void JudgeNames(TextPool names)
    {
        var known = names.Count;
        if (isWanted.Length < known) Array.Resize(ref isWanted, known);
        for (; judged < known; judged++) isWanted[judged] = selection.Names is null || selection.Names.Contains(names[judged]);
    }
}
