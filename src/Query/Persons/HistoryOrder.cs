using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.History;

namespace Cairn.Query.Persons;

/// <summary>Brings a person's rows of many slices into one order, reading a slice only when its time comes, or shortly before.</summary>
/// <remarks>
/// Slices are taken by the end of their times from which the order comes. What is held are the rows found in slices whose times overlap, so a person with a million
/// events, whose rows fill row groups one after the other in time, is walked through with a few of these in memory.
/// </remarks>
sealed class HistoryOrder(IReadOnlyList<HistorySource> sources, string person, HistoryQuestion question, Func<string, bool> isWanted, ReadCount count)
{
    /// <summary>Slices that are read ahead, side by side, where few rows were found so far: then most slices are needed.</summary>
    const int MaxAhead = 3;

    readonly bool newestFirst = question.NewestFirst;
    readonly TimeRange range = question.Filter?.Range ?? TimeRange.Ever;

    /// <summary>Rows of the slices read so far.</summary>
    public long RowsRead { get; private set; }

    /// <summary>The person's rows, each once, in order.</summary>
    public async IAsyncEnumerable<PlacedRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var waiting = sources.SelectMany((source, number) => source.Slices.Select(slice => (Source: source, Number: number, Slice: slice)))
            .Where(entry => MayHold(entry.Slice))
            .OrderBy(entry => newestFirst ? -(Int128)entry.Slice.Times.LastMs : entry.Slice.Times.FirstMs)
            .ToList();
        var open = new PriorityQueue<PlacedRow, HistoryPlace>(Comparer<HistoryPlace>.Create((one, other) => newestFirst ? other.CompareTo(one) : one.CompareTo(other)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<FoundRows>>();
        try
        {
            var found = 0L;
            for (var next = 0; next < waiting.Count || open.Count > 0;)
            {
                if (next == waiting.Count || (open.Count > 0 && !MayComeBefore(waiting[next].Slice, open.Peek().Place)))
                {
                    yield return open.Dequeue();
                    continue;
                }
                for (var i = next + ahead.Count; i < waiting.Count && ahead.Count <= AheadAfter(next, found); i++)
                {
                    var (source, _, slice) = waiting[i];
                    ahead.Enqueue(Task.Run(() => source.FindAsync(slice, person, isWanted, count, stop.Token), stop.Token));
                }
                var rows = await ahead.Dequeue();
                RowsRead += rows.Slice.RowCount;
                found += rows.Rows.Count;
                foreach (var (place, row) in rows.Rows)
                    if (IsMeant(place)) open.Enqueue(new(place, waiting[next].Number, rows, row), place);
                next++;
            }
        }
        finally
        {
            // What was begun and is not asked for any more says nothing, and neither do its faults.
            await stop.CancelAsync();
            foreach (var task in ahead) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    int AheadAfter(int slices, long found) => slices == 0 ? 1 : found < question.Skip + (question.Limit / 2) ? MaxAhead : 0;

    bool MayHold(RowSlice slice) => slice.Times.LastMs >= range.FromMs && slice.Times.FirstMs < range.UntilMs
        && (question.After is not { } cursor || (newestFirst ? slice.Times.FirstMs <= cursor.TimeMs : slice.Times.LastMs >= cursor.TimeMs));

    bool IsMeant(HistoryPlace place) => place.TimeMs >= range.FromMs && place.TimeMs < range.UntilMs
        && (question.After is not { } cursor || (newestFirst ? place < cursor : place > cursor));

    bool MayComeBefore(RowSlice slice, HistoryPlace place) => newestFirst ? slice.Times.LastMs >= place.TimeMs : slice.Times.FirstMs <= place.TimeMs;
}

/// <summary>A row of a person's history.</summary>
/// <param name="Source">Which of the sources it is from, from 0.</param>
/// <param name="Row">As in <see cref="FoundRows.Rows"/>.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct PlacedRow(HistoryPlace Place, int Source, FoundRows Found, int Row);
