using System.Text;
using System.Text.Json.Nodes;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Support.Ingest;

/// <summary>An item as texts, copied out of its batch so that a test can look at it afterwards; "" where it has nothing.</summary>
public sealed record SeenItem(
    ItemKind Kind, int RecordIndex, LinkRule Rule, string Name, string DistinctId, string OtherId, string DeviceId, string UserId,
    string InsertId, string SessionId, string Sdk, string Body, string Groups, string Token, long TimeMs, long SentTimeMs, bool SkipsProfile)
{
    /// <summary>The body as JSON.</summary>
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    /// <summary>All items of a batch.</summary>
    public static IReadOnlyList<SeenItem> All(ItemBatch batch)
    {
        var seen = new List<SeenItem>();
        foreach (ref readonly var item in batch.Items) seen.Add(Of(item));
        return seen;
    }

    static SeenItem Of(in Item item) => new(
        item.Kind, item.RecordIndex, item.LinkRule, Text(item.Name), Text(item.DistinctId), Text(item.OtherId), Text(item.DeviceId), Text(item.UserId),
        Text(item.InsertId), Text(item.SessionId), Text(item.Sdk), Text(item.Body), Text(item.Groups), Text(item.Token),
        item.TimeMs, item.SentTimeMs, item.SkipsProfile);

    static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
