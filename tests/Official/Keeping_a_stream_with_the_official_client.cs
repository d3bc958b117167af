using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Cairn.Behaviour.Ingestion.Streaming;
using Cairn.Cloud.EventHubs;
using Cairn.Cloud.Blobs;
using Cairn.Ingestion;
using Cairn.Storage;

namespace Cairn.Official;

/// <summary>
/// The stream over Microsoft's client, whose calls end in a hub in memory: there is no Event Hubs to run here. It shows that our code asks the official
/// client rightly and takes its faults for what they are; what a hub itself does, only Azure shows.
/// </summary>
public sealed class Keeping_a_stream_with_the_official_client : EventStreamContract
{
    static readonly BlobContainerClient Nowhere = new(new Uri("http://127.0.0.1:1/account/none"));

    readonly HubInMemory hub = new();
    EventHubStream stream;

    public Keeping_a_stream_with_the_official_client() => stream = new(hub, TimeProvider.System);

    protected override IEventStream Stream => stream;

    // Nobody is there; what came here would fail.
    protected override IBlobStore Blobs { get; } = new AzureBlobStore(Nowhere, Nowhere);

    protected override IReadOnlyList<byte[]> Read(int partition)
    {
        lock (hub.Partitions) return [.. hub.Partitions[partition]];
    }

    protected override async Task ReopenAsync()
    {
        await stream.DisposeAsync();
        stream = new(hub, TimeProvider.System);
    }

    protected override void Refuse(bool doesRefuse) =>
        hub.Before = doesRefuse ? new EventHubsException(true, "events", "busy", EventHubsException.FailureReason.ServiceBusy) : null;

    protected override async Task SendUnansweredAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        hub.After = new EventHubsException(true, "events", "no answer", EventHubsException.FailureReason.ServiceTimeout);
        try
        {
            await stream.SendAsync(partition, messages, default);
        }
        finally
        {
            hub.After = null;
        }
    }

    /// <summary>Takes what Event Hubs takes: sends of at most 1 MiB, to a partition by its id.</summary>
    sealed class HubInMemory : EventHubProducerClient
    {
        public List<byte[]>[] Partitions { get; } = [[], [], [], []];

        public Exception? Before { get; set; }

        public Exception? After { get; set; }

        public override Task<EventHubProperties> GetEventHubPropertiesAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult(EventHubsModelFactory.EventHubProperties("events", DateTimeOffset.UnixEpoch, ["0", "1", "2", "3"]));

        public override async Task SendAsync(IEnumerable<EventData> eventSet, SendEventOptions options, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Before is { } refusal) throw refusal;
            var bodies = eventSet.Select(one => one.EventBody.ToArray()).ToList();
            if (bodies.Sum(body => body.Length) > 1024 * 1024)
                throw new EventHubsException(false, "events", "too large", EventHubsException.FailureReason.MessageSizeExceeded);
            await Task.Yield();
            lock (Partitions) Partitions[int.Parse(options.PartitionId, System.Globalization.CultureInfo.InvariantCulture)].AddRange(bodies);
            if (After is { } silence) throw silence;
        }

        public override Task CloseAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
