using System.Net;
using Cairn.LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.LocalHost.Timers;

/// <summary>Runs the timer functions, by their schedules and by hand.</summary>
sealed class TimerLoops : IHostedService, IDisposable
{
    readonly CancellationTokenSource stopping = new();
    readonly List<Task> running = [];
    readonly Dictionary<string, TimerLoop> loops = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="statusFolder">Where the schedules' states are kept.</param>
    public TimerLoops(IReadOnlyList<FunctionMethod> functions, string statusFolder, IConfiguration configuration, IServiceProvider services, TimeProvider time, ILogger<TimerLoops> logger)
    {
        foreach (var function in functions)
            if (function.Trigger is TimerTriggerAttribute trigger)
                loops.Add(function.Name, new TimerLoop(
                    function, new FunctionInvoker(function, typeof(TimerInfo), services), SettingNames.Resolve(trigger.Schedule, configuration), statusFolder, time, logger));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (running)
            foreach (var loop in loops.Values) running.Add(Task.Run(() => loop.RunAsync(stopping.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        Task[] left;
        lock (running) left = [.. running];
        await Task.WhenAll(left).WaitAsync(cancellationToken);
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>
    /// POST /admin/functions/{name}: begins a run and answers 202 at once, to callers on this machine. The JSON content type is asked for as the real host
    /// does; it also keeps a web page elsewhere from calling.
    /// </summary>
    /// <remarks>Source: Microsoft Learn, "Manually run a non HTTP-triggered function".</remarks>
    public int RunByHand(string name, HttpRequest request)
    {
        if (request.HttpContext.Connection.RemoteIpAddress is not { } caller || !IPAddress.IsLoopback(caller)) return StatusCodes.Status401Unauthorized;
        if (!request.HasJsonContentType()) return StatusCodes.Status415UnsupportedMediaType;
        if (!loops.TryGetValue(name, out var loop)) return StatusCodes.Status404NotFound;
        lock (running)
        {
            running.RemoveAll(run => run.IsCompleted);
            running.Add(Task.Run(() => loop.RunByHandAsync(stopping.Token), CancellationToken.None));
        }
        return StatusCodes.Status202Accepted;
    }
}
