using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function for batches of events of one partition at a time.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker.Extensions.EventHubs.</remarks>
/// <param name="eventHubName">The hub's name, or "%Setting%".</param>
public sealed class EventHubTriggerAttribute(string eventHubName) : TriggerBindingAttribute
{
    /// <summary>As given.</summary>
    public string EventHubName { get; private set; } = eventHubName;

    /// <summary>Whose checkpoints are used; null for "$Default".</summary>
    public string? ConsumerGroup { get; set; }

    /// <summary>Name or prefix of the settings that say where the hub is.</summary>
    public string? Connection { get; set; }

    /// <summary>Whether the function takes an array of events.</summary>
    public bool IsBatched { get; set; } = true;
}
