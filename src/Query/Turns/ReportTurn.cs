namespace Cairn.Query.Turns;

/// <summary>One report's share of the cores, from its first worker to its last.</summary>
sealed class ReportTurn(ReportTurns turns, string projectId, CancellationToken cancellationToken) : IDisposable
{
    public string ProjectId => projectId;

    public CancellationToken Cancellation => cancellationToken;

    /// <summary>Time its workers held cores; written under the gate of <see cref="ReportTurns"/>.</summary>
    public TimeSpan Used { get; set; }

    /// <summary>A worker's turn, for its thread alone.</summary>
    public WorkerTurn Hire() => new(turns, this);

    public void Dispose() => turns.End();
}

/// <summary>One worker's hold on a core.</summary>
sealed class WorkerTurn(ReportTurns turns, ReportTurn report) : IDisposable
{
    /// <summary>A turn that is always the worker's: in tests of what takes turns, and for what is read outside of reports.</summary>
    public static WorkerTurn? None => null;

    public ReportTurn Report => report;

    internal ManualResetEventSlim Granted { get; } = new(false, spinCount: 0);

    internal long HeldSince { get; set; }

    internal bool IsHeldAsHeavy { get; set; }

    /// <summary>Waits for a core.</summary>
    /// <exception cref="OperationCanceledException">Whoever asked has left.</exception>
    public void Take()
    {
        report.Cancellation.ThrowIfCancellationRequested();
        turns.Take(this);
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
