using Azure.Messaging.EventHubs;
using Cairn.LocalHost.Hosting;
using Cairn.Shims.StreamLog;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.LocalHost.EventHubs;

/// <summary>Runs the Event Hub functions: a pump for each and every partition of its hub, or for those that this host owns of a hub that several share.</summary>
/// <param name="hubs">The app's namespace: finds a hub by its name.</param>
sealed partial class EventHubPumps(
    IReadOnlyList<FunctionMethod> functions,
    EventHubSettings settings,
    Func<string, IHub> hubs,
    IConfiguration configuration,
    IServiceProvider services,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<EventHubPumps> logger) : IHostedService, IDisposable
{
    /// <summary>How long a hub of another process that can't be reached is left alone.</summary>
    static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>How the hub knows this host among those that share it.</summary>
    readonly string owner = Guid.NewGuid().ToString("n");

    readonly CancellationTokenSource stopping = new();
    readonly List<Task> running = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var function in functions)
        {
            if (function.Trigger is not EventHubTriggerAttribute trigger) continue;
            var hub = hubs(SettingNames.Resolve(trigger.EventHubName, configuration));
            var group = SettingNames.Resolve(trigger.ConsumerGroup ?? "$Default", configuration);
            var invoker = new FunctionInvoker(function, typeof(EventData[]), services);
            if (hub is HubLog log) LogTornBytes(log);
            EventHubPump Pump(int partition) => new(function, invoker, hub, owner, partition, group, settings, time, logger);
            running.Add(Task.Run(() => PumpOwnedAsync(hub, group, Pump), CancellationToken.None));
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>Claims partitions again and again, and runs a pump for each that is owned.</summary>
    async Task PumpOwnedAsync(IHub hub, string group, Func<int, EventHubPump> pump)
    {
        var pumps = new Dictionary<int, (CancellationTokenSource Stop, Task Run)>();
        try
        {
            while (true)
            {
                if (await ClaimAsync(hub, group) is { } owned)
                {
                    foreach (var (partition, (stop, run)) in pumps.Where(one => one.Value.Run.IsCompleted || !owned.Contains(one.Key)).ToList())
                    {
                        await stop.CancelAsync();
                        await run;
                        stop.Dispose();
                        pumps.Remove(partition);
                    }
                    foreach (var partition in owned.Where(partition => !pumps.ContainsKey(partition)))
                    {
                        var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
                        pumps.Add(partition, (stop, Task.Run(() => RunAsync(pump(partition), stop.Token), CancellationToken.None)));
                    }
                }
                await Task.Delay(hub.ClaimsLast == Timeout.InfiniteTimeSpan ? hub.ClaimsLast : hub.ClaimsLast / 4, stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(pumps.Values.Select(one => one.Run));
            foreach (var (stop, _) in pumps.Values) stop.Dispose();
        }
    }

    /// <returns>Null where the hub can't be reached: whoever owned a partition goes on until it finds out.</returns>
    async Task<IReadOnlySet<int>?> ClaimAsync(IHub hub, string group)
    {
        try
        {
            return await hub.ClaimAsync(group, owner, stopping.Token);
        }
        catch (EventHubsException fault)
        {
            LogAway(hub.Name, fault.Message);
            return null;
        }
    }

    async Task RunAsync(EventHubPump pump, CancellationToken stop)
    {
        try
        {
            await pump.RunAsync(stop);
        }
        catch (PartitionLostException)
        {
            // Claimed again, or somebody else's from now on.
        }
        catch (EventHubsException fault) when (fault.IsTransient)
        {
            LogAway("of another process", fault.Message);
            await Task.Delay(RetryAfter, CancellationToken.None);
        }
        catch (Exception fault)
        {
            // Nothing would be counted any more while senders hear 200: better to be seen down.
            LogBroken(fault);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    void LogTornBytes(HubLog log)
    {
        for (var partition = 0; partition < log.Partitions.Count; partition++)
            if (log.Partitions[partition].TornBytes is > 0 and var torn) LogTorn(log.Name, partition, torn);
    }

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Hub}, partition {Partition}: {Bytes} bytes at the end were half written when the process or machine stopped; nobody was told that they are kept")]
    partial void LogTorn(string hub, int partition, long bytes);

    [LoggerMessage(EventId = 103, Level = LogLevel.Critical, Message = "The stream can't be read on; the host stops")]
    partial void LogBroken(Exception fault);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "Hub {Hub} can't be reached: {Reason}")]
    partial void LogAway(string hub, string reason);
}
