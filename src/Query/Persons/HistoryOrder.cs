using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.History;

namespace Cairn.Query.Persons;

/// <summary>Brings a person's rows of many slices into one order, reading a slice only when its time comes.</summary>
/// <remarks>
/// Slices are taken by the end of their times from which the order comes. What is held are the places of rows in slices whose times overlap, so a person with a million
/// events, whose rows fill row groups one after the other in time, is walked through with one or two of these in memory.
/// </remarks>
/// <param name="after">Only entries behind this one in the order; null: all.</param>
/// <param name="range">Only entries of this time.</param>
sealed class HistoryOrder(IReadOnlyList<HistorySource> sources, string person, bool newestFirst, HistoryPlace? after, TimeRange range, ReadCount count)
{
    /// <summary>Rows of the slices read so far.</summary>
    public long RowsRead { get; private set; }

    /// <summary>The person's rows, each once, in order.</summary>
    public async IAsyncEnumerable<PlacedRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var waiting = sources.SelectMany((source, number) => source.Slices.Select(slice => (Source: source, Number: number, Slice: slice)))
            .Where(entry => MayHold(entry.Slice))
            .OrderBy(entry => newestFirst ? -(Int128)entry.Slice.Times.LastMs : entry.Slice.Times.FirstMs)
            .ToList();
        var comparer = Comparer<HistoryPlace>.Create((one, other) => newestFirst ? other.CompareTo(one) : one.CompareTo(other));
        var open = new PriorityQueue<PlacedRow, HistoryPlace>(comparer);
        for (var next = 0; next < waiting.Count || open.Count > 0;)
        {
            if (next < waiting.Count && (open.Count == 0 || MayComeBefore(waiting[next].Slice, open.Peek().Place)))
            {
                var (source, number, slice) = waiting[next++];
                RowsRead += slice.RowCount;
                foreach (var (place, row) in await source.FindAsync(slice, person, count, cancellationToken))
                    if (IsMeant(place)) open.Enqueue(new(place, number, slice, row), place);
                continue;
            }
            yield return open.Dequeue();
        }
    }

    bool MayHold(RowSlice slice) =>
        slice.Times.LastMs >= range.FromMs && slice.Times.FirstMs < range.UntilMs && (after is not { } cursor || (newestFirst ? slice.Times.FirstMs <= cursor.TimeMs : slice.Times.LastMs >= cursor.TimeMs));

    bool IsMeant(HistoryPlace place) =>
        place.TimeMs >= range.FromMs && place.TimeMs < range.UntilMs && (after is not { } cursor || (newestFirst ? place < cursor : place > cursor));

    bool MayComeBefore(RowSlice slice, HistoryPlace place) => newestFirst ? slice.Times.LastMs >= place.TimeMs : slice.Times.FirstMs <= place.TimeMs;
}

/// <summary>A row of a person's history.</summary>
/// <param name="Source">Which of the sources it is from, from 0.</param>
/// <param name="Row">In its slice.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct PlacedRow(HistoryPlace Place, int Source, RowSlice Slice, int Row);
