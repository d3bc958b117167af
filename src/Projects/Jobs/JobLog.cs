using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.Ingestion.Consumer;
using Cairn.Storage;

namespace Cairn.Projects.Jobs;

/// <summary>How each job ended last and when it last ended well, for whoever asks from another instance: rows of the table <c>health</c>, two a job.</summary>
/// <remarks>A job that ends in one way again and again is told at most every half minute, for every telling is a write to be paid for.</remarks>
public sealed class JobLog(ITableStore tables, TimeProvider clock)
{
    const string PartitionKey = "jobs", WellAtValue = "endedWellAt";

    /// <summary>The row of a job's last end stands beside that of its last good one.</summary>
    const string LastSuffix = ":last", EndedAtValue = "endedAt", EndValue = "end", SecondsValue = "seconds";

    /// <summary>How long a good end waits before it is told anew.</summary>
    static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<(string Job, JobEnd? End), DateTimeOffset> toldAt = new();

    /// <summary>Runs a job, and tells of a good end.</summary>
    /// <param name="job">One of <see cref="JobNames"/>.</param>
    /// <exception cref="StorageUnavailableException">The job's work is done; its end could not be told.</exception>
    public async Task RunAsync(string job, Func<CancellationToken, Task<JobEnd>> work, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        JobEnd? end = null;
        try
        {
            end = await work(cancellationToken);
        }
        finally
        {
            JobMeter.Ended(job, end, Stopwatch.GetElapsedTime(began));
            // A store that is away fails many a job; that it can't be told then must not hide why.
            if (end is null) await TellQuietlyAsync(job, Stopwatch.GetElapsedTime(began));
        }
        if (end != JobEnd.LeftToAnother) await TellAsync(job, end, Stopwatch.GetElapsedTime(began), cancellationToken);
    }

    async Task TellQuietlyAsync(string job, TimeSpan took)
    {
        try
        {
            await TellAsync(job, end: null, took, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // The job's own exception is on its way to whoever started it.
        }
    }

    async Task TellAsync(string job, JobEnd? end, TimeSpan took, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (toldAt.TryGetValue((job, end), out var told) && now - told < ToldEvery) return;
        var last = new Dictionary<string, object> { [EndedAtValue] = now, [EndValue] = end is { } known ? (int)known : -1, [SecondsValue] = took.TotalSeconds };
        var changes = new List<TableChange> { new(job + LastSuffix, TableAction.Replace, last) };
        if (end == JobEnd.Well) changes.Add(new(job, TableAction.Replace, new Dictionary<string, object> { [WellAtValue] = now }));
        await tables.SubmitAsync(StoredPlaces.Table, PartitionKey, changes, cancellationToken);
        toldAt[(job, end)] = now;
    }

    /// <summary>The same for work that is done well wherever it throws nothing.</summary>
    public Task RunAsync(string job, Func<CancellationToken, Task<int>> work, CancellationToken cancellationToken) =>
        RunAsync(job, async token => { await work(token); return JobEnd.Well; }, cancellationToken);

    /// <summary>When each job ended well last; a job that never did is not in it.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> ReadAsync(CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var row in tables.QueryAsync(StoredPlaces.Table, new TableRange(PartitionKey), cancellationToken))
            if (!row.RowKey.EndsWith(LastSuffix, StringComparison.Ordinal)) ends[row.RowKey] = (DateTimeOffset)row.Values[WellAtValue];
        return ends;
    }

    /// <summary>How each job ended last; a job that never did is not in it.</summary>
    public async Task<IReadOnlyDictionary<string, JobRun>> ReadRunsAsync(CancellationToken cancellationToken)
    {
        var runs = new Dictionary<string, JobRun>(StringComparer.Ordinal);
        await foreach (var row in tables.QueryAsync(StoredPlaces.Table, new TableRange(PartitionKey), cancellationToken))
            if (row.RowKey.EndsWith(LastSuffix, StringComparison.Ordinal))
                runs[row.RowKey[..^LastSuffix.Length]] = new((DateTimeOffset)row.Values[EndedAtValue], (int)row.Values[EndValue] is >= 0 and var end ? (JobEnd)end : null, TimeSpan.FromSeconds((double)row.Values[SecondsValue]));
        return runs;
    }
}

/// <summary>A run of a job.</summary>
/// <param name="End">Null where it threw.</param>
public sealed record JobRun(DateTimeOffset EndedAt, JobEnd? End, TimeSpan Took);
