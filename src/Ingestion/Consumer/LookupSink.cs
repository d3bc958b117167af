using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Ingestion.Consumer;

/// <summary>Keeps the look-up rows of profiles, groups and claims up to date with what was consumed.</summary>
/// <remarks>A batch may come again: an update counts once by its place and item id, a claim is itself whenever it is said.</remarks>
public sealed class LookupSink(ProfileStore profiles, IdentityStore identities) : IConsumerSink
{
    public async Task ApplyAsync(ConsumedBatch batch, CancellationToken cancellationToken)
    {
        var lane = $"{batch.StreamId}/{batch.Partition}";
        foreach (var project in batch.Items.GroupBy(consumed => consumed.ProjectId, StringComparer.Ordinal))
        {
            var updates = new List<PlacedUpdate>();
            var groupUpdates = new List<PlacedUpdate>();
            var claims = new List<LinkClaim>();
            foreach (var consumed in project)
            {
                switch (consumed.Item.Kind)
                {
                    case ItemKind.ProfileUpdate:
                        updates.Add(Update(lane, consumed));
                        break;
                    case ItemKind.GroupUpdate:
                        groupUpdates.Add(GroupUpdate(lane, consumed));
                        break;
                    case ItemKind.LinkClaim:
                        var item = consumed.Item;
                        claims.Add(new(OrderOf(item), item.LinkRule, Text(item.DistinctId), Text(item.OtherId)));
                        break;
                    case ItemKind.Event:
                        // Events touch no look-up row.
                        break;
                }
            }
            if (claims.Count > 0) await identities.ApplyAsync(project.Key, claims, cancellationToken);
            if (updates.Count > 0) await profiles.ApplyAsync(project.Key, updates, cancellationToken);
            if (groupUpdates.Count > 0) await profiles.ApplyToGroupsAsync(project.Key, groupUpdates, cancellationToken);
        }
    }

    static PlacedUpdate Update(string lane, in ConsumedItem consumed)
    {
        var item = consumed.Item;
        var id = UpdateRows.IdOf(Text(item.DistinctId), Text(item.DeviceId), Text(item.UserId));
        var followsDevice = item.Dialect == Dialect.Amplitude && item.UserId.IsEmpty;
        return new(id, new(OrderOf(item), item.Body, followsDevice), lane, consumed.Seq, consumed.ItemIndex, DuplicateKeyOf(item));
    }

    static PlacedUpdate GroupUpdate(string lane, in ConsumedItem consumed)
    {
        var item = consumed.Item;
        return new(GroupKey.Of(Text(item.Name), Text(item.DistinctId)), new(OrderOf(item), item.Body), lane, consumed.Seq, consumed.ItemIndex, DuplicateKeyOf(item));
    }

    static DuplicateKey? DuplicateKeyOf(in Item item) => item.InsertId.IsEmpty ? null : DuplicateKey.Of(item);

    static ReceiptOrder OrderOf(in Item item) => new(item.ReceivedAtMs, item.Id);

    static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
