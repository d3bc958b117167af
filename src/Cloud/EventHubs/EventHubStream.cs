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
    /// <summary>How long a sender waits for the acknowledgement before its items go to the spool.</summary>
    static readonly TimeSpan MaxSendTime = TimeSpan.FromSeconds(10);

    /// <summary>How long the hub's identity is taken for granted; making a hub anew takes longer.</summary>
    static readonly TimeSpan MaxShapeAge = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of messages in one send: Event Hubs takes 1 MiB, envelopes included.</summary>
    const int MaxSendBytes = 1_030_000;

    /// <summary>Bytes that a message's envelope takes at most, for ours carry no properties.</summary>
    const int EnvelopeBytes = 64;

    volatile Described? last;

    public async ValueTask<StreamShape> DescribeAsync(CancellationToken cancellationToken)
    {
        if (last is { } known && time.GetElapsedTime(known.At) < MaxShapeAge) return known.Shape;
        var shape = await CallAsync(async token =>
        {
            var hub = await producer.GetEventHubPropertiesAsync(token);
            return new StreamShape($"{hub.Name}-{hub.CreatedOn.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}", hub.PartitionIds.Length);
        }, cancellationToken);
        last = new Described(shape, time.GetTimestamp());
        return shape;
    }

    public async Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        var options = new SendEventOptions { PartitionId = partition.ToString(CultureInfo.InvariantCulture) };
        var together = new List<EventData>(messages.Count);
        var bytes = 0;
        foreach (var message in messages)
        {
            if (together.Count > 0 && bytes + message.Length + EnvelopeBytes > MaxSendBytes)
            {
                await SendAsync(together, options, cancellationToken);
                together.Clear();
                bytes = 0;
            }
            together.Add(new EventData(message));
            bytes += message.Length + EnvelopeBytes;
        }
        if (together.Count > 0) await SendAsync(together, options, cancellationToken);
    }

    public ValueTask DisposeAsync() => producer.DisposeAsync();

    async Task SendAsync(List<EventData> together, SendEventOptions options, CancellationToken cancellationToken) => await CallAsync(async token =>
    {
        await producer.SendAsync(together, options, token);
        return together.Count;
    }, cancellationToken);

    async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var waited = new CancellationTokenSource(MaxSendTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waited.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StreamUnavailableException($"Event Hubs did not answer within {MaxSendTime.TotalSeconds} s");
        }
        catch (Exception fault) when (fault is EventHubsException or TimeoutException or SocketException or UnauthorizedAccessException or AuthenticationFailedException)
        {
            last = null;
            throw new StreamUnavailableException(fault.Message, fault);
        }
    }

    sealed record Described(StreamShape Shape, long At);
}
