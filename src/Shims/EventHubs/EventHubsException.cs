namespace Azure.Messaging.EventHubs;

/// <summary>The hub refused, or could not be reached.</summary>
/// <remarks>Source: Azure.Messaging.EventHubs, same members and numbers.</remarks>
public class EventHubsException : Exception
{
    /// <summary>A fault with its kind.</summary>
    public EventHubsException(bool isTransient, string eventHubName, string message, FailureReason reason, Exception? innerException = null)
        : base(message, innerException) => (IsTransient, EventHubName, Reason) = (isTransient, eventHubName, reason);

    /// <summary>Whether trying again may help.</summary>
    public bool IsTransient { get; }

    /// <summary>Which hub.</summary>
    public string EventHubName { get; }

    /// <summary>What kind of fault.</summary>
    public FailureReason Reason { get; }

    /// <summary>Kinds of fault.</summary>
    public enum FailureReason
    {
        /// <summary>Something else.</summary>
        GeneralError = 0,

        /// <summary>The client was closed.</summary>
        ClientClosed = 1,

        /// <summary>Another reader took over.</summary>
        ConsumerDisconnected = 2,

        /// <summary>No such hub.</summary>
        ResourceNotFound = 3,

        /// <summary>A batch past the limit.</summary>
        MessageSizeExceeded = 4,

        /// <summary>No room.</summary>
        QuotaExceeded = 5,

        /// <summary>Too much at once.</summary>
        ServiceBusy = 6,

        /// <summary>No answer in time.</summary>
        ServiceTimeout = 7,

        /// <summary>No connection.</summary>
        ServiceCommunicationProblem = 8,

        /// <summary>Another producer took over.</summary>
        ProducerDisconnected = 9,

        /// <summary>The client's state fits no more.</summary>
        InvalidClientState = 10,
    }
}
