using System.Globalization;
using System.Net.Sockets;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Cairn.Ingestion;

namespace Cairn.Cloud.EventHubs;

/// <summary>The stream on Azure Event Hubs.</summary>
sealed class EventHubStream(EventHubProducerClient producer, TimeProvider time) : IEventStream, IAsyncDisposable
{
    /// <summary>How long one try waits for the acknowledgement; with the second try and the pause a sender waits eleven seconds at most.</summary>
    static readonly TimeSpan MaxTryTime = TimeSpan.FromSeconds(5);

    /// <summary>How long the hub's identity is taken for granted; making a hub anew takes longer.</summary>
    static readonly TimeSpan MaxShapeAge = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of messages in one send: Event Hubs takes 1 MiB, envelopes included.</summary>
    const int MaxSendBytes = 1_030_000;

    /// <summary>Bytes that a message's envelope takes at most, for ours carry no properties.</summary>
    const int EnvelopeBytes = 64;

    volatile Described? last;

    /// <summary>How the client tries: once more, for a hub that is busy asks for patience, and then the items go to the spool.</summary>
    public static EventHubProducerClientOptions Options => new() { RetryOptions = new EventHubsRetryOptions { MaximumRetries = 1, TryTimeout = MaxTryTime } };

    public async ValueTask<StreamShape> DescribeAsync(CancellationToken cancellationToken)
    {
        if (last is { } known && time.GetElapsedTime(known.At) < MaxShapeAge) return known.Shape;
        try
        {
            var hub = await producer.GetEventHubPropertiesAsync(cancellationToken);
            var shape = new StreamShape($"{hub.Name}-{hub.CreatedOn.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}", hub.PartitionIds.Length);
            last = new Described(shape, time.GetTimestamp());
            return shape;
        }
        catch (Exception fault) when (IsUnavailable(fault, cancellationToken))
        {
            throw new StreamUnavailableException(fault.Message, fault);
        }
    }

    public async Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        var options = new SendEventOptions { PartitionId = partition.ToString(CultureInfo.InvariantCulture) };
        var together = new List<EventData>(messages.Count);
        var bytes = 0;
        try
        {
            foreach (var message in messages)
            {
                if (together.Count > 0 && bytes + message.Length + EnvelopeBytes > MaxSendBytes)
                {
                    await producer.SendAsync(together, options, cancellationToken);
                    together.Clear();
                    bytes = 0;
                }
                together.Add(new EventData(message));
                bytes += message.Length + EnvelopeBytes;
            }
            if (together.Count > 0) await producer.SendAsync(together, options, cancellationToken);
        }
        catch (Exception fault) when (IsUnavailable(fault, cancellationToken))
        {
            last = null;
            throw new StreamUnavailableException(fault.Message, fault);
        }
    }

    public async ValueTask<long> FindLastSeqAsync(int partition, CancellationToken cancellationToken)
    {
        try
        {
            return (await producer.GetPartitionPropertiesAsync(partition.ToString(CultureInfo.InvariantCulture), cancellationToken)).LastEnqueuedSequenceNumber;
        }
        catch (Exception fault) when (IsUnavailable(fault, cancellationToken))
        {
            throw new StreamUnavailableException(fault.Message, fault);
        }
    }

    public ValueTask DisposeAsync() => producer.DisposeAsync();

    // The client also gives up by cancelling; that is no wish of the caller's.
    static bool IsUnavailable(Exception fault, CancellationToken cancellationToken) =>
        fault is EventHubsException or TimeoutException or SocketException or UnauthorizedAccessException or AuthenticationFailedException
        || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    sealed record Described(StreamShape Shape, long At);
}
