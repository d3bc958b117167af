using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Streaming;
using Cairn.Model;

namespace Cairn.Behaviour.Ingestion.Streaming;

/// <summary>What stands in messages, as values that tests compare.</summary>
static class Decoded
{
    public static List<(string ProjectId, Item Item)> Of(ReadOnlyMemory<byte> message)
    {
        // A decoder each, so that what it read stays as it is.
        var decoder = new MessageDecoder();
        decoder.Decode(message);
        return [.. Enumerable.Range(0, decoder.Items.Length).Select(i => (decoder.ProjectIds[i], decoder.Items[i]))];
    }

    public static List<(string ProjectId, Item Item)> Of(IEnumerable<StreamMessage> messages) => [.. messages.SelectMany(message => Of(message.Body))];

    /// <summary>Everything of an item that the stream carries.</summary>
    public static string Show(in Item item) => string.Join('|', item.Kind, item.Dialect, item.LinkRule, item.SkipsProfile, item.Id, item.ReceivedAtMs, item.TimeMs, item.SentTimeMs,
        Show(item.Name), Show(item.DistinctId), Show(item.OtherId), Show(item.DeviceId), Show(item.UserId), Show(item.InsertId), Show(item.SessionId), Show(item.Sdk), Show(item.Body), Show(item.Groups));

    static string Show(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
