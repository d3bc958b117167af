using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function by the clock.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker.Extensions.Timer.</remarks>
/// <param name="schedule">NCRONTAB with six fields, seconds first, in UTC; or "%Setting%".</param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>As given.</summary>
    public string Schedule { get; private set; } = schedule;

    /// <summary>Whether the schedule's state is kept, so that a run missed while the app was down is made up for.</summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether it also runs when the app starts.</summary>
    public bool RunOnStartup { get; set; }
}

/// <summary>What a timer function is told.</summary>
public class TimerInfo
{
    /// <summary>The schedule's state; null where it is not kept.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this run makes up for one that was missed.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>A schedule's state, UTC.</summary>
public class ScheduleStatus
{
    /// <summary>When it last ran.</summary>
    public DateTime Last { get; set; }

    /// <summary>When it runs next.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this state was last written.</summary>
    public DateTime LastUpdated { get; set; }
}
