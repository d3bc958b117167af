using Cairn.LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace Cairn.LocalHost.Timers;

/// <summary>Runs one timer function by its schedule, in UTC, never twice at once.</summary>
/// <remarks>
/// As the real trigger: a run missed while the app was down is made up for once, with <c>IsPastDue</c>, however many were missed; a failed run is lost unless the
/// function has a retry policy; the next time counts from the end of a run. Source: Azure/azure-webjobs-sdk-extensions, TimerListener and ScheduleMonitor.
/// </remarks>
sealed partial class TimerLoop
{
    static readonly IReadOnlyDictionary<string, object?> NoData = new Dictionary<string, object?>();

    /// <summary>The longest that a timer of the runtime is set for; a schedule further away is waited for in pieces.</summary>
    static readonly TimeSpan MaxWait = TimeSpan.FromDays(20);

    readonly FunctionMethod function;
    readonly FunctionInvoker invoker;
    readonly TimerTriggerAttribute trigger;
    readonly CrontabSchedule schedule;
    readonly TimerStatusFile? file;
    readonly RetryPlan retries;
    readonly TimeProvider time;
    readonly ILogger logger;
    ScheduleStatus status = new();

    /// <exception cref="InvalidOperationException">The schedule can't be read.</exception>
    public TimerLoop(FunctionMethod function, FunctionInvoker invoker, string expression, string statusFolder, TimeProvider time, ILogger logger)
    {
        (this.function, this.invoker, this.time, this.logger) = (function, invoker, time, logger);
        trigger = (TimerTriggerAttribute)function.Trigger;
        retries = new RetryPlan(function.Retry);
        schedule = CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = true })
            ?? throw new InvalidOperationException($"function {function.Name}: \"{expression}\" is no schedule of six fields, seconds first");
        file = trigger.UseMonitor ? new TimerStatusFile(Path.Combine(statusFolder, function.Name + ".json")) : null;
    }

    DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Runs until the token fires; a run under way is cancelled and waited for.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var now = Now;
            var next = schedule.GetNextOccurrence(now);
            status = file?.Read() ?? new ScheduleStatus { Next = next, LastUpdated = now };
            var isPastDue = file is not null && status.Next < now;
            // A schedule that was changed meanwhile counts from now on.
            if (!isPastDue) status.Next = next;
            Keep();
            if (isPastDue || trigger.RunOnStartup) await RunOnceAsync(isPastDue, now, stopping);
            while (true)
            {
                await WaitUntilAsync(status.Next, stopping);
                await RunOnceAsync(isPastDue: false, status.Next, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Runs it now, beside its schedule, as POST /admin/functions/{name} asks.</summary>
    public async Task RunByHandAsync(CancellationToken stopping)
    {
        try
        {
            await InvokeAsync(isPastDue: false, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    async Task RunOnceAsync(bool isPastDue, DateTime due, CancellationToken stopping)
    {
        await InvokeAsync(isPastDue, stopping);
        stopping.ThrowIfCancellationRequested();
        var now = Now;
        status = new ScheduleStatus { Last = due, Next = schedule.GetNextOccurrence(now > due ? now : due), LastUpdated = now };
        Keep();
    }

    async Task InvokeAsync(bool isPastDue, CancellationToken stopping)
    {
        var timer = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = file is null ? null : status };
        for (var retryCount = 0; ; retryCount++)
        {
            try
            {
                await invoker.RunAsync(timer, NoData, retryCount, stopping);
                return;
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                var delay = retries.DelayAfter(retryCount);
                LogFailed(function.Name, retryCount, delay is null ? "next by the schedule" : $"again in {delay}", fault);
                if (delay is null) return;
                await Task.Delay(delay.Value, time, stopping);
            }
        }
    }

    async Task WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        while (due - Now is var left && left > TimeSpan.Zero)
            await Task.Delay(left < MaxWait ? left : MaxWait, time, stopping);
    }

    void Keep()
    {
        try
        {
            file?.Write(status);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The schedule goes on in memory; after a restart a run may come again or be missed.
            LogNotKept(function.Name, fault);
        }
    }

    [LoggerMessage(EventId = 111, Level = LogLevel.Error, Message = "{Function} failed, retry {Retry}: {Next}")]
    partial void LogFailed(string function, int retry, string next, Exception fault);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning, Message = "The schedule of {Function} could not be kept")]
    partial void LogNotKept(string function, Exception fault);
}
