namespace Azure.Messaging.EventHubs;

/// <summary>A message of a hub.</summary>
/// <remarks>Source: Azure.Messaging.EventHubs; the members that the app uses.</remarks>
public class EventData
{
    /// <summary>One to send; the memory must stay as it is until it is sent.</summary>
    public EventData(ReadOnlyMemory<byte> eventBody) => EventBody = new BinaryData(eventBody);

    internal EventData(ReadOnlyMemory<byte> eventBody, long sequenceNumber, DateTimeOffset enqueuedTime)
        : this(eventBody) => (SequenceNumber, EnqueuedTime) = (sequenceNumber, enqueuedTime);

    /// <summary>What it holds.</summary>
    public BinaryData EventBody { get; set; }

    /// <summary>Its place in its partition; the smallest number before it was received.</summary>
    public long SequenceNumber { get; } = long.MinValue;

    /// <summary>When the hub took it.</summary>
    public DateTimeOffset EnqueuedTime { get; }
}
