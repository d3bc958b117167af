using System.Globalization;
using Cairn.Storage;

namespace Cairn.Ingestion.Consumer;

/// <summary>Up to where each partition is stored, told to whoever looks from another instance: rows of the table <c>health</c>.</summary>
/// <remarks>
/// Nothing depends on it but the answer to "is it well?". Each telling is a write to be paid for, so all partitions of an instance are told together and
/// at most every half minute; what comes meanwhile is told when that is over, and when the instance stops.
/// </remarks>
public sealed class StoredPlaces : IAsyncDisposable
{
    /// <summary>Of jobs and of places; one row each.</summary>
    public const string Table = "health";

    const string PartitionKey = "stored", SeqValue = "seq";

    /// <summary>How long what was stored waits before it is told.</summary>
    public static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(30);

    /// <summary>Tries of one telling against other instances that tell at the same moment.</summary>
    const int MaxTries = 3;

    readonly ITableStore tables;
    readonly TimeProvider time;
    readonly Lock gate = new();
    readonly Dictionary<string, long> untold = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> own = new(StringComparer.Ordinal);
    readonly ITimer timer;
    DateTimeOffset nextAt;
    bool isAwaited;

    public StoredPlaces(ITableStore tables, TimeProvider time)
    {
        (this.tables, this.time) = (tables, time);
        timer = time.CreateTimer(_ => _ = TellAsync(CancellationToken.None), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Remembers that everything up to a message is stored.</summary>
    internal void Note(string streamId, int partition, long lastSeq)
    {
        lock (gate)
        {
            untold[RowKey(streamId, partition)] = lastSeq;
            own[RowKey(streamId, partition)] = lastSeq;
            if (isAwaited) return;
            isAwaited = true;
            var wait = nextAt - time.GetUtcNow();
            timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Up to where each partition of a stream is stored, as its owners told last, and this process knows of itself; -1 where nobody has told anything.</summary>
    /// <exception cref="StorageUnavailableException">The table can't be read.</exception>
    public async Task<long[]> ReadAsync(StreamShape stream, CancellationToken cancellationToken)
    {
        var told = await ReadAllAsync(cancellationToken);
        return [.. Enumerable.Range(0, stream.PartitionCount).Select(partition => Math.Max(
            told.TryGetValue(RowKey(stream.StreamId, partition), out var row) ? (long)row.Values[SeqValue] : -1, Own(RowKey(stream.StreamId, partition))))];
    }

    long Own(string key)
    {
        lock (gate) return own.GetValueOrDefault(key, -1);
    }

    /// <summary>Tells what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await TellAsync(CancellationToken.None);
    }

    async Task TellAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, long> telling;
        lock (gate)
        {
            telling = new(untold, StringComparer.Ordinal);
            untold.Clear();
            isAwaited = false;
            nextAt = time.GetUtcNow() + ToldEvery;
        }
        if (telling.Count == 0 || await TryTellAsync(telling, cancellationToken)) return;
        lock (gate)
        {
            foreach (var (key, seq) in telling) untold.TryAdd(key, seq);
            isAwaited = timer.Change(ToldEvery, Timeout.InfiniteTimeSpan);
        }
    }

    async Task<bool> TryTellAsync(Dictionary<string, long> telling, CancellationToken cancellationToken)
    {
        try
        {
            for (var tries = 1; tries <= MaxTries; tries++)
                if (await TellOnceAsync(telling, cancellationToken)) return true;
        }
        catch (StorageUnavailableException)
        {
            // Told when it is back.
        }
        return false;
    }

    /// <returns>False where another instance wrote meanwhile.</returns>
    async Task<bool> TellOnceAsync(Dictionary<string, long> telling, CancellationToken cancellationToken)
    {
        var told = await ReadAllAsync(cancellationToken);
        var changes = new List<TableChange>();
        foreach (var (key, seq) in telling)
        {
            var before = told.GetValueOrDefault(key);
            // Who owned a partition before may come late with less.
            if (before is not null && (long)before.Values[SeqValue] >= seq) continue;
            var values = new Dictionary<string, object> { [SeqValue] = seq, ["at"] = time.GetUtcNow() };
            changes.Add(new(key, before is null ? TableAction.Insert : TableAction.Replace, values, before?.ETag));
        }
        return changes.Count == 0 || await tables.SubmitAsync(Table, PartitionKey, changes, cancellationToken) is not null;
    }

    async Task<Dictionary<string, TableRow>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, TableRow>(StringComparer.Ordinal);
        await foreach (var row in tables.QueryAsync(Table, new TableRange(PartitionKey), cancellationToken)) rows[row.RowKey] = row;
        return rows;
    }

    static string RowKey(string streamId, int partition) => string.Create(CultureInfo.InvariantCulture, $"{streamId}-{partition}");
}
