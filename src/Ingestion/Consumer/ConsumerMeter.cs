using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Model;

namespace Cairn.Ingestion.Consumer;

/// <summary>What the consumer tells about its work, on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.consumer.rows           rows stored, by kind
/// cairn.consumer.dead_letters   messages and items that could not be read
/// cairn.consumer.lag            seconds from the stream's acknowledgement to the stored row, of each slice's last message
/// cairn.consumer.freshness      seconds from an item's receipt at the door to where reports see it, of each slice's oldest item
/// consume                       an activity for each slice
/// </code>
/// </remarks>
static class ConsumerMeter
{
    static readonly Meter Meter = new("Cairn");
    static readonly Counter<long> Rows = Meter.CreateCounter<long>("cairn.consumer.rows", "{row}");
    static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("cairn.consumer.dead_letters", "{letter}");
    static readonly Histogram<double> LagSeconds = Meter.CreateHistogram<double>("cairn.consumer.lag", "s");
    static readonly Histogram<double> FreshnessSeconds = Meter.CreateHistogram<double>("cairn.consumer.freshness", "s");
    static readonly ActivitySource Activities = new("Cairn");
    static readonly ItemKind[] Kinds = Enum.GetValues<ItemKind>();

    /// <summary>A slice's turn; null where nobody traces.</summary>
    public static Activity? Begin(int partition) => Activities.StartActivity("consume", ActivityKind.Consumer)?.SetTag("cairn.partition", partition);

    public static void Consumed(ConsumedSlice slice, DateTimeOffset now)
    {
        if (slice.Faults.Count > 0) DeadLetters.Add(slice.Faults.Count);
        if (LagSeconds.Enabled) LagSeconds.Record((now - slice.LastEnqueuedAt).TotalSeconds);
        if (FreshnessSeconds.Enabled && slice.OldestReceivedAtMs is { } oldestMs) FreshnessSeconds.Record((now - DateTimeOffset.FromUnixTimeMilliseconds(oldestMs)).TotalSeconds);
        if (!Rows.Enabled) return;
        foreach (var kind in Kinds)
            if (slice.Count(kind) is > 0 and var rows) Rows.Add(rows, new KeyValuePair<string, object?>("kind", kind.ToString()));
    }
}
