using Cairn.Query.Definitions;

namespace Cairn.Query.Turns;

/// <summary>Shares the cores among reports, so that a light one answers soon however many heavy ones are asked at once.</summary>
/// <remarks>
/// A worker computes only while it holds a core. It gives the core back after each shard, and in between where it has held it for a
/// slice and somebody waits who comes first: the report that has used less, of two projects the one with fewer cores. A report that has used more
/// than <see cref="HeavyAfter"/> is heavy: heavy ones leave a core free (of a single one: they give way). So a report's wait is bounded by slices
/// and by the light reports before it, not by how long others take. Workers that wait are parked threads of their own, no threads of the pool.
/// </remarks>
public sealed class ReportTurns
{
    /// <summary>Reports that are worked on at once; each parks a thread per core while it waits. More wait in line, by project.</summary>
    public const int MaxReportsAtOnce = 64;

    /// <summary>Reports that wait in line; one more hears to come again.</summary>
    public const int MaxReportsInLine = 1_000;

    /// <summary>How long a core is held while somebody waits who comes first.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    /// <summary>Time on cores after which a report is heavy: the bench's questions over 20 million events stay below.</summary>
    public static readonly TimeSpan HeavyAfter = TimeSpan.FromSeconds(1);

    readonly TimeProvider clock;
    readonly int cores, maxHeavy;
    readonly Lock gate = new();
    readonly List<WorkerTurn> waiting = [];
    readonly Dictionary<string, int> coresByProject = new(StringComparer.Ordinal);
    readonly ReportLine line;
    int busy, heavyBusy;

    /// <param name="cores">Workers that compute at once.</param>
    public ReportTurns(int cores, TimeProvider clock)
    {
        (this.clock, this.cores, maxHeavy) = (clock, cores, Math.Max(1, cores - 1));
        line = new(MaxReportsAtOnce, MaxReportsInLine);
    }

    /// <summary>Waits in line until the report may begin; to be disposed of when its workers are done.</summary>
    /// <exception cref="ReportsBusyException">The line is full.</exception>
    internal async ValueTask<ReportTurn> BeginAsync(string projectId, CancellationToken cancellationToken)
    {
        await line.EnterAsync(projectId, cancellationToken);
        return new(this, projectId, cancellationToken);
    }

    internal void End() => line.Leave();

    internal long Now => clock.GetTimestamp();

    internal bool IsSliceOver(long since) => clock.GetElapsedTime(since) >= Slice;

    internal bool HasWaiting => Volatile.Read(ref waitingCount) > 0;

    int waitingCount;

    /// <summary>Parks the calling thread until it holds a core.</summary>
    internal void Take(WorkerTurn worker)
    {
        lock (gate)
        {
            waiting.Add(worker);
            waitingCount = waiting.Count;
            HandOut();
        }
        worker.Granted.Wait(CancellationToken.None);
        worker.Granted.Reset();
    }

    /// <summary>Gives a core back.</summary>
    internal void Give(WorkerTurn worker)
    {
        lock (gate)
        {
            worker.Report.Used += clock.GetElapsedTime(worker.HeldSince);
            busy--;
            if (worker.IsHeldAsHeavy) heavyBusy--;
            coresByProject[worker.Report.ProjectId]--;
            HandOut();
        }
    }

    /// <summary>Whether somebody who waits would come before a worker that holds a core.</summary>
    internal bool ComesFirst(WorkerTurn holder)
    {
        lock (gate)
        {
            var used = holder.Report.Used + clock.GetElapsedTime(holder.HeldSince);
            return waiting.Exists(other => other.Report != holder.Report && (other.Report.Used < used || CoresOf(other) + 1 < CoresOf(holder)));
        }
    }

    void HandOut()
    {
        while (busy < cores && Next() is { } next)
        {
            waiting.Remove(next);
            waitingCount = waiting.Count;
            busy++;
            next.IsHeldAsHeavy = IsHeavy(next.Report);
            if (next.IsHeldAsHeavy) heavyBusy++;
            coresByProject[next.Report.ProjectId] = CoresOf(next) + 1;
            next.HeldSince = clock.GetTimestamp();
            next.Granted.Set();
        }
    }

    /// <summary>Light before heavy, then the project with fewer cores, then the report that used less, then who came first.</summary>
    WorkerTurn? Next() => waiting
        .Where(worker => !IsHeavy(worker.Report) || heavyBusy < maxHeavy)
        .OrderBy(worker => IsHeavy(worker.Report)).ThenBy(CoresOf).ThenBy(worker => worker.Report.Used)
        .FirstOrDefault();

    int CoresOf(WorkerTurn worker) => coresByProject.GetValueOrDefault(worker.Report.ProjectId);

    static bool IsHeavy(ReportTurn report) => report.Used >= HeavyAfter;
}

/// <summary>Too many reports wait already; the same question a little later is answered.</summary>
public sealed class ReportsBusyException() : Exception($"more than {ReportTurns.MaxReportsInLine} reports wait to be answered; ask again in a moment");
