using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Cairn.LocalHost.Hosting;
using Cairn.Shims.StreamLog;
using Microsoft.Extensions.Logging;

namespace Cairn.LocalHost.EventHubs;

/// <summary>Hands the batches of one partition to one function, one at a time, and keeps the consumer group's checkpoint.</summary>
/// <remarks>
/// As the real trigger does: a checkpoint is written once the function returned or its retries are spent, whatever came of it; none is written for a batch
/// that was running when the host stops, so that it comes again, perhaps with other borders. Source: Azure/azure-sdk-for-net,
/// Microsoft.Azure.WebJobs.Extensions.EventHubs, EventHubListener.PartitionProcessor; Microsoft Learn, "Azure Functions reliable event processing".
/// </remarks>
sealed partial class EventHubPump(
    FunctionMethod function, FunctionInvoker invoker, IHub hub, string owner, int partition, string consumerGroup, EventHubSettings settings, TimeProvider time, ILogger logger)
{
    static readonly JsonSerializerOptions Json = new();

    readonly RetryPlan retries = new(function.Retry);
    readonly Dictionary<string, object?> data = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PartitionContext"] = JsonSerializer.Serialize(new
        {
            FullyQualifiedNamespace = "localhost",
            EventHubName = hub.Name,
            ConsumerGroup = consumerGroup,
            PartitionId = partition.ToString(CultureInfo.InvariantCulture),
        }, Json),
    };

    /// <summary>Runs until the token fires; a batch under way ends first.</summary>
    /// <exception cref="InvalidDataException">The log is damaged: reading on would lose messages without a word.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            using var reader = hub.Read(consumerGroup, owner, partition, await hub.ReadCheckpointAsync(consumerGroup, partition, stopping));
            while (true)
            {
                var batch = await CollectAsync(reader, stopping);
                await RunBatchAsync(batch, stopping);
                stopping.ThrowIfCancellationRequested();
                await CheckpointAsync(batch[^1].SequenceNumber + 1, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The checkpoint stands before the batch that was under way; it comes again.
        }
    }

    async Task<EventData[]> CollectAsync(IHubReader reader, CancellationToken stopping)
    {
        var taken = new List<StreamRecord>(await reader.TakeAsync(settings.MaxEventBatchSize, settings.MaxBatchBytes, stopping));
        if (taken.Count < settings.MinEventBatchSize)
        {
            using var waited = new CancellationTokenSource(settings.MaxWaitTime, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(waited.Token, stopping);
            var bytes = taken.Sum(record => (long)record.Body.Length);
            try
            {
                while (taken.Count < settings.MinEventBatchSize && bytes < settings.MaxBatchBytes)
                {
                    var more = await reader.TakeAsync(settings.MaxEventBatchSize - taken.Count, settings.MaxBatchBytes - bytes, either.Token);
                    taken.AddRange(more);
                    bytes += more.Sum(record => (long)record.Body.Length);
                }
            }
            catch (OperationCanceledException) when (waited.IsCancellationRequested && !stopping.IsCancellationRequested)
            {
                // Waited long enough: what is there goes.
            }
        }
        return [.. taken.Select(record => new EventData(record.Body, record.Seq, record.EnqueuedAt))];
    }

    async Task RunBatchAsync(EventData[] batch, CancellationToken stopping)
    {
        for (var retryCount = 0; ; retryCount++)
        {
            try
            {
                await invoker.RunAsync(batch, data, retryCount, stopping);
                return;
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                var delay = retries.DelayAfter(retryCount);
                LogFailed(function.Name, partition, batch[0].SequenceNumber, batch[^1].SequenceNumber, retryCount, delay is null ? "given up, the batch is passed" : $"again in {delay}", fault);
                if (delay is null) return;
                await Task.Delay(delay.Value, time, stopping);
            }
        }
    }

    async Task CheckpointAsync(long nextSeq, CancellationToken stopping)
    {
        try
        {
            await hub.WriteCheckpointAsync(consumerGroup, partition, nextSeq, stopping);
        }
        catch (Exception fault) when (fault is IOException or EventHubsException)
        {
            // The batch comes again after a restart, as after a crash.
            LogNotKept(function.Name, partition, nextSeq, fault);
        }
    }

    [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message = "{Function}: the checkpoint of partition {Partition} at {Seq} could not be written")]
    partial void LogNotKept(string function, int partition, long seq, Exception fault);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "{Function} failed for partition {Partition}, {First} to {Last}, retry {Retry}: {Next}")]
    partial void LogFailed(string function, int partition, long first, long last, int retry, string next, Exception fault);
}
