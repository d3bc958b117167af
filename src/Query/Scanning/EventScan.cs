using System.Numerics;
using Cairn.Query.Definitions;

namespace Cairn.Query.Scanning;

/// <summary>Picks the rows of a part that one line of a report counts.</summary>
/// <remarks>One worker's own.</remarks>
sealed class EventScan(EventSelection selection, IReadOnlyList<RowFilter> filters)
{
    readonly NameTable names = new(name => selection.Covers(name) ? 1u : 0);

    /// <summary>The rows inside the range, of the events selected, for which every filter is true; ascending.</summary>
    public int[] Pick(PartColumns part, TimeRange range)
    {
        var wanted = names.For(part.Events.Pool);
        var codes = part.Events.Codes;
        var rows = new int[codes.Length];
        var count = !codes.Bytes.IsEmpty ? Pick(codes.Bytes, wanted, rows) : !codes.Shorts.IsEmpty ? Pick(codes.Shorts, wanted, rows) : Pick(codes.Wide, wanted, rows);
        count = InRange(part, range, rows, count);
        foreach (var filter in filters) count = filter.Keep(part, rows.AsSpan(0, count));
        return rows[..count];
    }

    static int Pick<T>(ReadOnlySpan<T> stored, ReadOnlySpan<uint> wanted, Span<int> rows) where T : unmanaged, IBinaryInteger<T>
    {
        var count = 0;
        for (var row = 0; row < stored.Length; row++)
            if (wanted[int.CreateTruncating(stored[row])] != 0) rows[count++] = row;
        return count;
    }

    /// <summary>Keeps those of the rows that count and lie in the range; gives how many.</summary>
    internal static int InRange(PartColumns part, TimeRange range, Span<int> rows, int count)
    {
        var live = part.Rows.Live.IsAll ? null : part.Rows.Live;
        var (firstMs, lastMs) = part.Rows.Part.Times;
        if (live is null && firstMs >= range.FromMs && lastMs < range.UntilMs) return count;
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
