using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Cairn.Ingestion.Stages;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Cairn.Functions;

/// <summary>
/// Sends measurements, traces and logs to Application Insights. Compiled only with Microsoft's packages, which the other builds do without:
/// whoever runs Cairn in one process listens to the meter "Cairn" with any tool they have.
/// </summary>
public static partial class AppServices
{
    /// <summary>Requests traced a second and instance; measurements are complete whatever this is.</summary>
    const double TracesPerSecond = 1;

    static partial void AddTelemetry(IServiceCollection services)
    {
        // Under the host this variable is an app setting; elsewhere nobody listens.
        if (Environment.GetEnvironmentVariable("APPLICATIONINSIGHTS_CONNECTION_STRING") is not { Length: > 0 }) return;
        services.AddOptions<AzureMonitorExporterOptions>().Configure<TokenCredential>((options, credential) => options.Credential = credential);
        services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithMetrics(metrics => metrics.AddMeter(IngestMeter.MeterName))
            .WithTracing(traces => traces.AddSource(IngestMeter.MeterName))
            .UseAzureMonitorExporter(options =>
            {
                options.TracesPerSecond = TracesPerSecond;
                // A warning is worth keeping whether or not its request was among those traced.
                options.EnableTraceBasedLogsSampler = false;
            });
    }
}
