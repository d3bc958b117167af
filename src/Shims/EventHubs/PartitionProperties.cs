namespace Azure.Messaging.EventHubs;

/// <summary>How far a partition has come.</summary>
/// <remarks>Source: Azure.Messaging.EventHubs; the members that the app uses.</remarks>
public class PartitionProperties
{
    internal PartitionProperties(long lastEnqueuedSequenceNumber) => LastEnqueuedSequenceNumber = lastEnqueuedSequenceNumber;

    /// <summary>Of the last message; -1 where none was ever sent.</summary>
    public long LastEnqueuedSequenceNumber { get; }
}
