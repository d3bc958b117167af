using Cairn.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Privacy;

/// <summary>Loads the suppressions before the first event is judged, and again while the app runs.</summary>
sealed partial class SuppressionsRefresh(Suppressions suppressions, TimeProvider clock, ILogger<SuppressionsRefresh> log) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await suppressions.LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Suppressions.VisibleElsewhereWithin, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app stops. Left to the host it is logged as critical where the start of another service has failed.
        }
    }

    async Task RefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            await suppressions.LoadAsync(stoppingToken);
        }
        catch (StorageUnavailableException e)
        {
            // What is known stays in force; the next tick tries again.
            LogNotRefreshed(log, e);
        }
    }
}
