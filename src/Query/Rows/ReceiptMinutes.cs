using System.Collections.Concurrent;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Rows;

/// <summary>How many rows of each part were received in which minute: found once for each file, by a read past the cache, and kept in a few numbers.</summary>
/// <remarks>Who looks on asks every few seconds, and a file of the lake holds millions of receipts. Thread-safe.</remarks>
sealed class ReceiptMinutes
{
    const long MinuteMs = 60_000;

    /// <summary>By project: what is known of the parts that were there when it was asked last.</summary>
    readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, PartMinutes>> byProject = new(StringComparer.Ordinal);

    /// <summary>Live rows by minute since 1970, for each of the parts.</summary>
    /// <param name="fromMinute">Minutes before it are left out, now and later.</param>
    /// <returns>In the order of the parts; and how many rows were read for it.</returns>
    public async ValueTask<(IReadOnlyList<IReadOnlyDictionary<long, long>> Minutes, long RowsRead)> OfAsync(
        string projectId, IReadOnlyList<PartRows> parts, long fromMinute, ReadCount count, CancellationToken cancellationToken)
    {
        var before = byProject.GetValueOrDefault(projectId);
        var (now, rowsRead) = (new Dictionary<string, PartMinutes>(StringComparer.Ordinal), 0L);
        foreach (var rows in parts)
        {
            if (before is not null && before.TryGetValue(rows.Part.Key, out var known) && known.Live.Words.SequenceEqual(rows.Live.Words))
            {
                now[rows.Part.Key] = known;
                continue;
            }
            now[rows.Part.Key] = new(rows.Live, await CountAsync(rows, fromMinute, count, cancellationToken));
            rowsRead += rows.Part.RowCount;
        }
        byProject[projectId] = now;
        return ([.. parts.Select(rows => now[rows.Part.Key].Counts)], rowsRead);
    }

    static async ValueTask<Dictionary<long, long>> CountAsync(PartRows rows, long fromMinute, ReadCount count, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<long, long>();
        if (await ProjectColumns.ReadAsync<Int64Column>(new OnceRead(rows.Part), RowLayout.ReceivedAt, count, cancellationToken) is { } receivedAt) Add(receivedAt.Values, rows.Live, fromMinute, counts);
        return counts;
    }

    static void Add(ReadOnlySpan<long> receivedAtMs, RowSet live, long fromMinute, Dictionary<long, long> counts)
    {
        for (var row = 0; row < receivedAtMs.Length; row++)
        {
            var minute = receivedAtMs[row] / MinuteMs;
            if (minute >= fromMinute && live[row]) counts[minute] = counts.GetValueOrDefault(minute) + 1;
        }
    }

    sealed record PartMinutes(RowSet Live, IReadOnlyDictionary<long, long> Counts);
}
