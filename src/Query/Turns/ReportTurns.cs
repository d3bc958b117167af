namespace Cairn.Query.Turns;

/// <summary>Shares the cores among reports, so that a light one answers soon however many heavy ones are asked at once.</summary>
/// <remarks>
/// A worker computes only while it holds a core, and gives it back where it has held it for a slice and somebody waits who comes first: of a project that has
/// used less since it has had reports, then of a report that has used less. A new report has used nothing, and a project that had none begins where the
/// least of the others is. So a report waits for slices and for reports lighter than itself, not for how long heavy ones take. Workers that wait are parked threads of
/// their own, no threads of the pool.
/// </remarks>
public sealed class ReportTurns
{
    /// <summary>Reports that are worked on at once, of all projects and of one; each may park a thread per core. More wait in line, where projects take turns.</summary>
    public const int MaxReportsAtOnce = 256, MaxReportsOfProject = 64;

    /// <summary>Reports that wait in line; one more hears to come again.</summary>
    public const int MaxReportsInLine = 1_000;

    /// <summary>How long a core is held while somebody waits who comes first.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    readonly TimeProvider clock;
    readonly int cores;
    readonly Lock gate = new();
    readonly List<WorkerTurn> waiting = [];
    readonly Dictionary<string, ProjectShare> projects = new(StringComparer.Ordinal);
    readonly ReportLine line = new(MaxReportsAtOnce, MaxReportsOfProject, MaxReportsInLine);
    int busy, waitingCount;

    /// <param name="cores">Workers that compute at once.</param>
    /// <param name="clock">Measures who used how much.</param>
    public ReportTurns(int cores, TimeProvider clock) => (this.cores, this.clock) = (cores, clock);

    /// <summary>Waits in line until the report may begin; to be disposed of when its workers are done.</summary>
    /// <exception cref="ReportsBusyException">The line is full.</exception>
    internal async ValueTask<ReportTurn> BeginAsync(string projectId, CancellationToken cancellationToken)
    {
        await line.EnterAsync(projectId, cancellationToken);
        lock (gate)
        {
            if (!projects.TryGetValue(projectId, out var project))
                projects.Add(projectId, project = new(projectId) { Used = projects.Count == 0 ? TimeSpan.Zero : projects.Values.Min(other => other.Used) });
            project.Reports++;
            return new(this, project, cancellationToken);
        }
    }

    internal void End(ProjectShare project)
    {
        lock (gate)
            if (--project.Reports == 0) projects.Remove(project.ProjectId);
        line.Leave(project.ProjectId);
    }

    internal bool IsSliceOver(long since) => clock.GetElapsedTime(since) >= Slice;

    internal bool HasWaiting => Volatile.Read(ref waitingCount) > 0;

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
            var used = clock.GetElapsedTime(worker.HeldSince);
            worker.Report.Used += used;
            worker.Report.Project.Used += used;
            busy--;
            HandOut();
        }
    }

    /// <summary>Whether somebody who waits would come before a worker that holds a core.</summary>
    internal bool ComesFirst(WorkerTurn holder)
    {
        lock (gate)
        {
            var held = clock.GetElapsedTime(holder.HeldSince);
            return waiting.Exists(other => other.Report.Project == holder.Report.Project
                ? other.Report.Used < holder.Report.Used + held
                : other.Report.Project.Used < holder.Report.Project.Used + held);
        }
    }

    void HandOut()
    {
        while (busy < cores && Next() is { } next)
        {
            waiting.Remove(next);
            waitingCount = waiting.Count;
            busy++;
            next.HeldSince = clock.GetTimestamp();
            next.Granted.Set();
        }
    }

    /// <summary>Of the project that used less, then of the report that did, then who came first.</summary>
    WorkerTurn? Next() => waiting.OrderBy(worker => worker.Report.Project.Used).ThenBy(worker => worker.Report.Used).FirstOrDefault();
}

/// <summary>Too many reports wait already; the same question a little later is answered.</summary>
public sealed class ReportsBusyException() : Exception("too many reports are being answered; ask again in a moment");
