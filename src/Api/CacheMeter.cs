using System.Diagnostics.Metrics;
using Cairn.Storage.Rows;
using Microsoft.Extensions.Hosting;

namespace Cairn.Api;

/// <summary>How full the memory for columns is, on the meter "Cairn", while the app runs; what became of asking for them is cairn.query.cache.</summary>
/// <remarks>
/// <code>
/// cairn.cache.bytes    bytes held
/// cairn.cache.budget   bytes that it may hold
/// </code>
/// </remarks>
sealed class CacheMeter(ColumnCache cache) : IHostedService, IDisposable
{
    readonly Meter meter = new("Cairn");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        meter.CreateObservableGauge("cairn.cache.bytes", () => cache.Bytes, "By");
        meter.CreateObservableGauge("cairn.cache.budget", () => cache.BudgetBytes, "By");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => meter.Dispose();
}
