namespace Azure.Messaging.EventHubs;

/// <summary>Who a hub is.</summary>
/// <remarks>Source: Azure.Messaging.EventHubs; the members that the app uses.</remarks>
public class EventHubProperties
{
    internal EventHubProperties(string name, DateTimeOffset createdOn, string[] partitionIds) => (Name, CreatedOn, PartitionIds) = (name, createdOn, partitionIds);

    /// <summary>Its name in the namespace.</summary>
    public string Name { get; }

    /// <summary>When it was made: a hub made anew has another time.</summary>
    public DateTimeOffset CreatedOn { get; }

    /// <summary>"0", "1", and so on.</summary>
    public string[] PartitionIds { get; }
}
