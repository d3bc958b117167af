using System.Diagnostics.CodeAnalysis;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Projects.Jobs;
using Cairn.Query.ClickHouse;
using Cairn.Storage;

namespace Cairn.Projects.Health;

/// <summary>Whether the deployment is well, with reasons where it is not: its stores and its stream are asked, and what consumers and jobs told of themselves is read.</summary>
/// <param name="engine">Who else answers reports; null: nobody.</param>
/// <remarks>Anybody may ask, and as often as they like: an answer serves all for some seconds, and none takes longer than <see cref="MaxCheckTime"/>.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process; its gate holds no wait handle")]
public sealed class Readiness(IBlobStore blobs, IEventStream stream, StoredPlaces places, JobLog jobs, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>How long an answer serves all who ask.</summary>
    public static readonly TimeSpan AnswerServesFor = TimeSpan.FromSeconds(5);

    /// <summary>How long a store or the stream may take before it counts as away.</summary>
    public static readonly TimeSpan MaxCheckTime = TimeSpan.FromSeconds(2);

    /// <summary>How long messages may wait to be stored; the alert "consumer-behind" has the same.</summary>
    public static readonly TimeSpan MaxConsumerLag = TimeSpan.FromMinutes(2);

    /// <summary>How long ago a job may have ended well: it is due every five minutes at least, and compaction may work for five.</summary>
    public static readonly TimeSpan MaxJobAge = TimeSpan.FromMinutes(20);

    /// <summary>A name that nothing is kept under.</summary>
    const string ProbeName = "health/probe";

    const string NoReports = "The ClickHouse that is set to answer reports does not answer.";

    readonly WaitingMessages waiting = new();
    readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>A new deployment's jobs have not run yet.</summary>
    readonly DateTimeOffset startedAt = clock.GetUtcNow();

    (HealthAnswer Answer, DateTimeOffset At)? last;

    /// <summary>Looks at everything, or gives the answer of a moment ago.</summary>
    public async Task<HealthAnswer> AskAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (last is { } kept && now - kept.At < AnswerServesFor) return kept.Answer;
            var found = await Task.WhenAll(
                CheckAsync(HealthCheck.Blobs, "Blobs can't be read.", LookAtBlobsAsync, cancellationToken),
                CheckAsync(HealthCheck.Tables, "Tables can't be read.", LookAtJobsAsync, cancellationToken),
                CheckAsync(HealthCheck.Stream, "The stream can't be reached; events wait in the spool.", LookAtStreamAsync, cancellationToken),
                CheckAsync(HealthCheck.Reports, NoReports, LookAtReportsAsync, cancellationToken));
            var answer = new HealthAnswer([.. found.SelectMany(reasons => reasons).OrderBy(reason => reason.Check)]);
            last = (answer, now);
            return answer;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>What a look finds; the sentence alone where what it looks at is away or takes too long.</summary>
    async Task<IReadOnlyList<HealthReason>> CheckAsync(HealthCheck check, string away, Func<CancellationToken, Task<List<HealthReason>>> look, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MaxCheckTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Not every client stops when it is told to.
            return await look(either.Token).WaitAsync(either.Token);
        }
        catch (Exception fault) when (fault is StorageUnavailableException or StreamUnavailableException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [new(check, away)];
        }
    }

    async Task<List<HealthReason>> LookAtBlobsAsync(CancellationToken cancellationToken)
    {
        await blobs.FindAsync(ProbeName, cancellationToken);
        return [];
    }

    async Task<List<HealthReason>> LookAtJobsAsync(CancellationToken cancellationToken)
    {
        var ends = await jobs.ReadAsync(cancellationToken);
        var late = new List<HealthReason>();
        foreach (var job in JobNames.All)
        {
            var age = clock.GetUtcNow() - (ends.TryGetValue(job, out var endedAt) ? endedAt : startedAt);
            if (age <= MaxJobAge) continue;
            late.Add(job == JobNames.CompactLake
                ? new(HealthCheck.Compaction, $"Recent rows have not gone into the lake without a fault for {Minutes(age)} minutes.")
                : new(HealthCheck.Jobs, $"{job} has not ended well for {Minutes(age)} minutes."));
        }
        return late;
    }

    async Task<List<HealthReason>> LookAtReportsAsync(CancellationToken cancellationToken) =>
        engine is null || await engine.AreAllThereAsync(cancellationToken) ? [] : [new(HealthCheck.Reports, NoReports)];

    async Task<List<HealthReason>> LookAtStreamAsync(CancellationToken cancellationToken)
    {
        var shape = await stream.DescribeAsync(cancellationToken);
        var sent = await Task.WhenAll(Enumerable.Range(0, shape.PartitionCount).Select(partition => stream.FindLastSeqAsync(partition, cancellationToken).AsTask()));
        long[] stored;
        try
        {
            stored = await places.ReadAsync(shape, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // The check of the tables says so.
            return [];
        }
        var now = clock.GetUtcNow();
        var lags = sent.Select((lastSeq, partition) => waiting.Look(shape.StreamId, partition, lastSeq, stored[partition], now)).ToList();
        return lags.Max() <= MaxConsumerLag ? [] :
            [new(HealthCheck.Consumer, $"Events of {lags.Count(lag => lag > MaxConsumerLag)} of {lags.Count} partitions have waited to be stored for {Minutes(lags.Max())} minutes.")];
    }

    static int Minutes(TimeSpan time) => (int)time.TotalMinutes;
}
