using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.Ingestion.Consumer;
using Cairn.Storage;

namespace Cairn.Projects.Jobs;

/// <summary>When each job ended well last, for whoever asks from another instance: rows of the table <c>health</c>.</summary>
/// <remarks>A job that ends well again and again is told at most every half minute, for every telling is a write to be paid for.</remarks>
public sealed class JobLog(ITableStore tables, TimeProvider clock)
{
    const string PartitionKey = "jobs", WellAtValue = "endedWellAt";

    /// <summary>How long a good end waits before it is told anew.</summary>
    static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<string, DateTimeOffset> toldAt = new(StringComparer.Ordinal);

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
        }
        var now = clock.GetUtcNow();
        if (end != JobEnd.Well || (toldAt.TryGetValue(job, out var told) && now - told < ToldEvery)) return;
        await tables.SubmitAsync(StoredPlaces.Table, PartitionKey, [new(job, TableAction.Replace, new Dictionary<string, object> { [WellAtValue] = now })], cancellationToken);
        toldAt[job] = now;
    }

    /// <summary>The same for work that is done well wherever it throws nothing.</summary>
    public Task RunAsync(string job, Func<CancellationToken, Task<int>> work, CancellationToken cancellationToken) =>
        RunAsync(job, async token => { await work(token); return JobEnd.Well; }, cancellationToken);

    /// <summary>When each job ended well last; a job that never did is not in it.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> ReadAsync(CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var row in tables.QueryAsync(StoredPlaces.Table, new TableRange(PartitionKey), cancellationToken))
            ends[row.RowKey] = (DateTimeOffset)row.Values[WellAtValue];
        return ends;
    }
}
