using Azure.Messaging.EventHubs;
using Cairn.LocalHost.Hosting;
using Cairn.Shims.StreamLog;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.LocalHost.EventHubs;

/// <summary>Runs the Event Hub functions: a pump for each and every partition of its hub.</summary>
sealed partial class EventHubPumps(
    IReadOnlyList<FunctionMethod> functions,
    EventHubSettings settings,
    HubNamespace hubs,
    IConfiguration configuration,
    IServiceProvider services,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<EventHubPumps> logger) : IHostedService, IDisposable
{
    readonly CancellationTokenSource stopping = new();
    readonly List<Task> running = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var function in functions)
        {
            if (function.Trigger is not EventHubTriggerAttribute trigger) continue;
            var hub = hubs.Hub(SettingNames.Resolve(trigger.EventHubName, configuration));
            var group = SettingNames.Resolve(trigger.ConsumerGroup ?? "$Default", configuration);
            var invoker = new FunctionInvoker(function, typeof(EventData[]), services);
            for (var partition = 0; partition < hub.Partitions.Count; partition++)
            {
                if (hub.Partitions[partition].TornBytes is > 0 and var torn) LogTorn(hub.Name, partition, torn);
                var pump = new EventHubPump(function, invoker, hub, partition, group, settings, time, logger);
                running.Add(Task.Run(() => RunAsync(pump), CancellationToken.None));
            }
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    public void Dispose() => stopping.Dispose();

    async Task RunAsync(EventHubPump pump)
    {
        try
        {
            await pump.RunAsync(stopping.Token);
        }
        catch (Exception fault)
        {
            // Nothing would be counted any more while senders hear 200: better to be seen down.
            LogBroken(fault);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Hub}, partition {Partition}: {Bytes} bytes at the end were half written when the process or machine stopped; nobody was told that they are kept")]
    partial void LogTorn(string hub, int partition, long bytes);

    [LoggerMessage(EventId = 103, Level = LogLevel.Critical, Message = "The stream can't be read on; the host stops")]
    partial void LogBroken(Exception fault);
}
