using Azure.Messaging.EventHubs;
using Cairn.Cloud;
using Cairn.Cloud.EventHubs;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Streaming;
using Cairn.Projects.Jobs;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>From the stream to recent files and look-up rows, and from the spool back to the stream.</summary>
public sealed class StreamFunctions(StreamConsumer consumer, SpoolReplay spool, IEventStream stream, JobLog jobs)
{
    /// <summary>
    /// Stores a partition's messages. Only faults of the machinery throw, and they are retried without limit: the trigger's checkpoint moves
    /// on once retries are spent, which would lose what was answered with 200.
    /// </summary>
    [Function("Consume")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task ConsumeAsync(
        [EventHubTrigger(CloudServices.HubName, Connection = CloudServices.HubConnection, ConsumerGroup = CloudServices.ConsumerGroup, IsBatched = true)] EventData[] events,
        FunctionContext context,
        CancellationToken cancellationToken)
    {
        var partition = TriggeredMessages.PartitionOf(context.BindingContext.BindingData);
        var shape = await stream.DescribeAsync(cancellationToken);
        await consumer.ConsumeAsync(shape.StreamId, partition, TriggeredMessages.Of(events), cancellationToken);
    }

    /// <summary>Brings back what was spooled while the stream was away: on one machine every ten seconds, on Azure every minute.</summary>
    [Function(JobNames.ReplaySpool)]
    public Task ReplaySpoolAsync([TimerTrigger("%Schedules:ReplaySpool%", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken) =>
        jobs.RunAsync(JobNames.ReplaySpool, spool.RunAsync, cancellationToken);
}
