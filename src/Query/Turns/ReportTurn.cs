namespace Cairn.Query.Turns;

/// <summary>One report's share of the cores, from its first worker to its last.</summary>
sealed class ReportTurn(ReportTurns turns, ProjectShare project, CancellationToken cancellationToken) : IDisposable
{
    public ProjectShare Project => project;

    public CancellationToken Cancellation => cancellationToken;

    /// <summary>Time its workers held cores; written under the gate of <see cref="ReportTurns"/>.</summary>
    public TimeSpan Used { get; set; }

    /// <summary>A worker's turn, for its thread alone.</summary>
    public WorkerTurn Hire() => new(turns, this);

    public void Dispose() => turns.End(project);
}

/// <summary>What the reports of a project have used together, while there are any.</summary>
sealed class ProjectShare(string projectId)
{
    public string ProjectId => projectId;

    public int Reports { get; set; }

    /// <summary>From where the least of the other projects was when it had its first report.</summary>
    public TimeSpan Used { get; set; }
}

/// <summary>One worker's hold on a core.</summary>
sealed class WorkerTurn(ReportTurns turns, ReportTurn report) : IDisposable
{
    public ReportTurn Report => report;

    internal ManualResetEventSlim Granted { get; } = new(false, spinCount: 0);

    internal long HeldSince { get; set; }

    /// <summary>Waits for a core.</summary>
    /// <exception cref="OperationCanceledException">Whoever asked has left.</exception>
    public void Take()
    {
        report.Cancellation.ThrowIfCancellationRequested();
        turns.Take(this);
        if (!report.Cancellation.IsCancellationRequested) return;
        Give();
        report.Cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Gives the core back.</summary>
    public void Give() => turns.Give(this);

    /// <summary>Lets others go first where it is their turn. To be called every few thousand rows; costs next to nothing while nobody waits.</summary>
    /// <exception cref="OperationCanceledException">Whoever asked has left.</exception>
    public void Pause()
    {
        report.Cancellation.ThrowIfCancellationRequested();
        if (!turns.HasWaiting || !turns.IsSliceOver(HeldSince) || !turns.ComesFirst(this)) return;
        Give();
        turns.Take(this);
    }

    public void Dispose() => Granted.Dispose();
}
