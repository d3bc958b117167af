namespace Azure.Messaging.EventHubs;

/// <summary>How often and how long a client tries.</summary>
/// <remarks>Source: Azure.Messaging.EventHubs, same defaults. A log on this machine is tried once: its faults are the disk's.</remarks>
public class EventHubsRetryOptions
{
    /// <summary>Tries after the first.</summary>
    public int MaximumRetries { get; set; } = 3;

    /// <summary>How long one try waits for the answer.</summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
