using System.Diagnostics.Metrics;

namespace Cairn.Ingestion.Streaming;

/// <summary>What publishing tells about its work, on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.stream.messages   messages acknowledged
/// cairn.stream.bytes      their bytes, packed
/// cairn.spool.messages    messages that went to the spool instead
/// cairn.spool.replayed    messages that left the spool for the stream
/// </code>
/// </remarks>
static class StreamMeter
{
    static readonly Meter Meter = new("Cairn");
    static readonly Counter<long> Messages = Meter.CreateCounter<long>("cairn.stream.messages", "{message}");
    static readonly Counter<long> Bytes = Meter.CreateCounter<long>("cairn.stream.bytes", "By");
    static readonly Counter<long> Spooled = Meter.CreateCounter<long>("cairn.spool.messages", "{message}");
    static readonly Counter<long> Replayed = Meter.CreateCounter<long>("cairn.spool.replayed", "{message}");

    public static void Sent(List<ReadOnlyMemory<byte>> messages)
    {
        if (!Messages.Enabled && !Bytes.Enabled) return;
        Messages.Add(messages.Count);
        Bytes.Add(messages.Sum(message => (long)message.Length));
    }

    public static void WentToSpool(int messages) => Spooled.Add(messages);

    public static void LeftSpool(int messages) => Replayed.Add(messages);
}
