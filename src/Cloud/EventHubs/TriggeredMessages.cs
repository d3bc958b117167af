using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Cairn.Ingestion.Consumer;

namespace Cairn.Cloud.EventHubs;

/// <summary>What an Event Hub trigger hands to a function, in the consumer's words.</summary>
public static class TriggeredMessages
{
    /// <summary>The messages of a trigger's batch.</summary>
    public static IReadOnlyList<StreamMessage> Of(EventData[] events) =>
        Array.ConvertAll(events, one => new StreamMessage(one.SequenceNumber, one.EventBody.ToMemory(), one.EnqueuedTime));

    /// <summary>The partition, from 0, that a batch came from.</summary>
    /// <param name="bindingData">The invocation's; its <c>PartitionContext</c> is JSON text with a <c>PartitionId</c>.</param>
    /// <exception cref="InvalidOperationException">The trigger gave no partition.</exception>
    /// <remarks>Source: Microsoft Learn, "Azure Event Hubs trigger for Azure Functions", trigger metadata.</remarks>
    public static int PartitionOf(IReadOnlyDictionary<string, object?> bindingData)
    {
        if (bindingData.TryGetValue("PartitionContext", out var context) && context is string text)
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty("PartitionId", out var id) && int.TryParse(id.GetString(), CultureInfo.InvariantCulture, out var partition))
                return partition;
        }
        throw new InvalidOperationException("The Event Hub trigger gave no PartitionContext with a PartitionId.");
    }
}
