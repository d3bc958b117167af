using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Query.Rows;

/// <summary>The events received last, for who looks on as they come in. Shows those of recent files, for only these know an event's place in the stream.</summary>
/// <param name="live">Sees recent files until they are deleted, whether the lake has taken them already or not; null: <paramref name="reader"/>.</param>
public sealed class LatestEvents(ReportReader reader, TimeProvider clock, LiveReader? live = null)
{
    readonly ReportReader recent = live?.Reader ?? reader;
    readonly ReceiptMinutes receipts = new();

    /// <summary>The newest events that a follower has not seen.</summary>
    /// <param name="after">What was seen; null for nothing.</param>
    /// <param name="limit">Events at most, the newest ones.</param>
    public Task<LatestAnswer> ReadAsync(ReportProject project, LiveCursor? after, int limit, CancellationToken cancellationToken) =>
        ReportReader.AgainWhereGoneAsync(() => TryReadAsync(project, after, limit, cancellationToken));

    async Task<LatestAnswer> TryReadAsync(ReportProject project, LiveCursor? after, int limit, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var context = await recent.ListAsync(project, withProfiles: false, cancellationToken, CacheUse.Begin());
        var cursor = after?.Copy() ?? new LiveCursor();
        var newest = new PriorityQueue<(PartColumns Part, int Row), Place>();
        var (unseen, rowsRead) = (0L, 0L);
        foreach (var rows in context.Snapshot.Parts.OrderByDescending(rows => rows.Part.LastReceivedAtMs))
        {
            if (!RecentFileName.TryParse(rows.Part.Key, out var name)) continue;
            var partition = $"{name.StreamId}/{name.Partition}";
            if (after?.Covers(partition, name.LastSeq, long.MaxValue) == true) continue;
            // Older than all that is wanted: only its end is noted.
            if (newest.Count == limit && newest.TryPeek(out _, out var oldest) && rows.Part.LastReceivedAtMs < oldest.ReceivedAtMs)
            {
                cursor.Advance(partition, name.LastSeq, long.MaxValue);
                unseen += rows.Live.Count;
                continue;
            }
            rowsRead += rows.Part.RowCount;
            unseen += await TakeAsync(context, rows, partition, after, cursor, newest, limit, cancellationToken);
        }
        var events = await RowsOfAsync(context, newest, cancellationToken);
        var coverage = context.Count.Covered(context.Snapshot.DataUpToMs, rowsRead, clock.GetElapsedTime(startedAt));
        return new(events, cursor, unseen - events.Count, coverage);
    }

    /// <summary>Events by the minute of their receipt, over the last minutes; the running minute is the last.</summary>
    public Task<(long[] PerMinute, Coverage Coverage)> CountAsync(ReportProject project, long nowMs, int minutes, CancellationToken cancellationToken) =>
        ReportReader.AgainWhereGoneAsync(() => TryCountAsync(project, nowMs, minutes, cancellationToken));

    async Task<(long[] PerMinute, Coverage Coverage)> TryCountAsync(ReportProject project, long nowMs, int minutes, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var context = await reader.ListAsync(project, withProfiles: false, cancellationToken, CacheUse.Begin());
        var counts = new long[minutes];
        var firstMs = (nowMs / 60_000 - minutes + 1) * 60_000;
        var mixed = new List<PartRows>();
        foreach (var rows in context.Snapshot.Parts.Where(rows => rows.Part.LastReceivedAtMs >= firstMs))
        {
            // A file of a running stream holds moments: most lie within one minute, and their receipts need not be looked at.
            var lastMinute = (rows.Part.LastReceivedAtMs - firstMs) / 60_000;
            if (rows.Part.FirstReceivedAtMs < firstMs + (lastMinute * 60_000)) mixed.Add(rows);
            else if (lastMinute < minutes) counts[lastMinute] += rows.Live.Count;
        }
        var (ofMixed, rowsRead) = await receipts.OfAsync(project.Id, mixed, firstMs / 60_000, context.Count, cancellationToken);
        foreach (var (minute, count) in ofMixed.SelectMany(part => part))
            if (minute - (firstMs / 60_000) is var index && index >= 0 && index < minutes) counts[index] += count;
        return (counts, context.Count.Covered(context.Snapshot.DataUpToMs, rowsRead, clock.GetElapsedTime(startedAt)));
    }

    static async ValueTask<long> TakeAsync(
        ScanContext context, PartRows rows, string partition, LiveCursor? after, LiveCursor cursor,
        PriorityQueue<(PartColumns Part, int Row), Place> newest, int limit, CancellationToken cancellationToken)
    {
        var part = await PartColumns.ReadAsync(context, rows, [], needsPersons: true, cancellationToken);
        var seqs = await ProjectColumns.ReadAsync<Int64Column>(rows.Part, RowLayout.Seq, context.Count, cancellationToken);
        var indexes = await ProjectColumns.ReadAsync<Int64Column>(rows.Part, RowLayout.ItemIndex, context.Count, cancellationToken);
        var receivedAt = await ProjectColumns.ReadAsync<Int64Column>(rows.Part, RowLayout.ReceivedAt, context.Count, cancellationToken);
        if (seqs is null || indexes is null || receivedAt is null) throw new InvalidDataException($"{rows.Part.Key} lacks the columns that every row has");
        var unseen = 0L;
        for (var row = 0; row < part.RowCount; row++)
        {
            var (seq, index) = (seqs.Values[row], indexes.Values[row]);
            if (!rows.Live[row] || after?.Covers(partition, seq, index) == true) continue;
            cursor.Advance(partition, seq, index);
            unseen++;
            newest.Enqueue((part, row), new(receivedAt.Values[row], seq, index));
            if (newest.Count > limit) newest.Dequeue();
        }
        return unseen;
    }

    static async ValueTask<IReadOnlyList<EventRow>> RowsOfAsync(ScanContext context, PriorityQueue<(PartColumns Part, int Row), Place> newest, CancellationToken cancellationToken)
    {
        var columns = new Dictionary<PartColumns, RowColumns>();
        var events = new EventRow[newest.Count];
        for (var i = events.Length - 1; i >= 0; i--)
        {
            var (part, row) = newest.Dequeue();
            if (!columns.TryGetValue(part, out var read)) columns.Add(part, read = await RowColumns.ReadAsync(part, context, cancellationToken));
            events[i] = new(read, row);
        }
        return events;
    }

    /// <summary>By receipt; of events received together those of the later message are newer.</summary>
    readonly record struct Place(long ReceivedAtMs, long Seq, long Index) : IComparable<Place>
    {
        public int CompareTo(Place other) => (ReceivedAtMs, Seq, Index).CompareTo((other.ReceivedAtMs, other.Seq, other.Index));
    }
}

/// <summary>The newest events, newest first.</summary>
/// <param name="Cursor">Ask for what comes after it.</param>
/// <param name="Skipped">Events that came as well and are past the limit.</param>
public sealed record LatestAnswer(IReadOnlyList<EventRow> Events, LiveCursor Cursor, long Skipped, Coverage Coverage);

/// <summary>Reads recent files alone, with a cache of its own: codes of one reader mean nothing to another.</summary>
public sealed record LiveReader(ReportReader Reader);
