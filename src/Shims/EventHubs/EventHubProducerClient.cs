using System.Globalization;
using Azure.Core;
using Cairn.Shims.StreamLog;

namespace Azure.Messaging.EventHubs.Producer;

/// <summary>Sends to a hub; here the hub is a log on this machine, of this process or of another.</summary>
/// <remarks>
/// Source: Azure.Messaging.EventHubs; the members that the app uses. The namespace's name is the folder that the local host serves, and
/// no credential is asked for.
/// </remarks>
public class EventHubProducerClient : IAsyncDisposable
{
    /// <summary>Bytes of one send with its envelope: what a Standard namespace negotiates.</summary>
    const int MaxSendBytes = 1024 * 1024;

    readonly Lazy<IHub> hub;
    readonly TimeSpan tryTimeout;

    /// <summary>A client for one hub; nothing is opened before the first call.</summary>
    public EventHubProducerClient(string fullyQualifiedNamespace, string eventHubName, TokenCredential credential, EventHubProducerClientOptions? clientOptions = null)
    {
        tryTimeout = (clientOptions?.RetryOptions ?? new EventHubsRetryOptions()).TryTimeout;
        EventHubName = eventHubName;
        // A hub that could not be opened may open later: the fault is not kept.
        hub = new Lazy<IHub>(() => HubNamespace.Find(fullyQualifiedNamespace, eventHubName), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Which hub.</summary>
    public string EventHubName { get; }

    /// <summary>Sends messages together to the partition that the options name; returns once they are acknowledged.</summary>
    /// <exception cref="EventHubsException">Refused: none of them will be read.</exception>
    /// <exception cref="TimeoutException">No acknowledgement in time: they may be read all the same.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more; they may be read all the same.</exception>
    public virtual async Task SendAsync(IEnumerable<EventData> eventSet, SendEventOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bodies = new List<ReadOnlyMemory<byte>>();
        var bytes = 0;
        foreach (var one in eventSet)
        {
            var body = one.EventBody.ToMemory();
            bytes += body.Length;
            bodies.Add(body);
        }
        if (bodies.Count == 0) return;
        if (bytes > MaxSendBytes)
            throw new EventHubsException(false, EventHubName, $"{bytes} bytes in one send; {MaxSendBytes} is the most", EventHubsException.FailureReason.MessageSizeExceeded);
        try
        {
            await hub.Value.SendAsync(int.Parse(options.PartitionId, CultureInfo.InvariantCulture), bodies, tryTimeout, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            throw new EventHubsException(true, EventHubName, fault.Message, EventHubsException.FailureReason.ServiceCommunicationProblem, fault);
        }
    }

    /// <summary>Who the hub is.</summary>
    /// <exception cref="EventHubsException">It can't be reached.</exception>
    public virtual async Task<EventHubProperties> GetEventHubPropertiesAsync(CancellationToken cancellationToken = default)
    {
        var identity = await hub.Value.DescribeAsync(cancellationToken);
        return new EventHubProperties(EventHubName, identity.CreatedOn,
            [.. Enumerable.Range(0, identity.Partitions).Select(partition => partition.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>How far a partition has come.</summary>
    /// <exception cref="EventHubsException">It can't be reached.</exception>
    public virtual async Task<PartitionProperties> GetPartitionPropertiesAsync(string partitionId, CancellationToken cancellationToken = default) =>
        new(await hub.Value.FindEndAsync(int.Parse(partitionId, CultureInfo.InvariantCulture), cancellationToken) - 1);

    /// <summary>Nothing to let go of: the local host closes the hub.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>How a producer behaves.</summary>
public class EventHubProducerClientOptions
{
    /// <summary>How often and how long it tries.</summary>
    public EventHubsRetryOptions RetryOptions { get; set; } = new();
}

/// <summary>Where a send goes.</summary>
public class SendEventOptions
{
    /// <summary>A partition's number, from "0".</summary>
    public string PartitionId { get; set; } = "";
}
