using System.Text;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Support.Ingestion;

/// <summary>Batches as a translator would fill them.</summary>
public static class Batches
{
    /// <summary>2026-03-01T12:00:00Z.</summary>
    public const long NowMs = 1_772_366_400_000;

    public static readonly IngestProject Shop = new("shop1", IdentityMode.Simplified, "UTC", []);
    public static readonly IngestProject Blog = new("blog2", IdentityMode.Simplified, "UTC", []);

    /// <summary>An empty batch of a project.</summary>
    public static ItemBatch Of(Dialect dialect = Dialect.Mixpanel, IngestProject? project = null, long receivedAtMs = NowMs) =>
        new(dialect, receivedAtMs) { RequestProject = project ?? Shop };

    /// <summary>Adds a record with one event, as <paramref name="change"/> completes it.</summary>
    public static ItemBatch With(this ItemBatch batch, string name, string who = "ann", string body = "{}", Change? change = null) =>
        batch.WithItem(ItemKind.Event, (ref Item item) =>
        {
            item.Name = Utf8(name);
            item.DistinctId = Utf8(who);
            item.SentTimeMs = item.TimeMs = NowMs - 1000;
            item.Body = Utf8(body);
            change?.Invoke(ref item);
        });

    /// <summary>Adds a record with one item.</summary>
    public static ItemBatch WithItem(this ItemBatch batch, ItemKind kind, Change change)
    {
        batch.BeginRecord();
        change(ref batch.Add(kind));
        return batch;
    }

    /// <summary>Fills in an item.</summary>
    public delegate void Change(ref Item item);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
