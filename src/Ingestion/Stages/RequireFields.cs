using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>Sees that each item has what its kind needs, and takes away ids that stand for nobody (<see cref="BlockedIds"/>) or rejects them.</summary>
sealed class RequireFields : IIngestStage
{
    public string Name => "require_fields";

    public ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref var item in batch.Items)
        {
            if (!batch.IsPending(item)) continue;
            if (!Unblock(batch, ref item)) continue;
            switch (item.Kind)
            {
                case ItemKind.Event:
                    RequireOfEvent(batch, item);
                    break;
                case ItemKind.ProfileUpdate when item.DistinctId.IsEmpty:
                    batch.Reject(item.RecordIndex, RejectReason.MissingDistinctId, WireNames.Id(item));
                    break;
                case ItemKind.GroupUpdate when item.Name.IsEmpty:
                    batch.Reject(item.RecordIndex, RejectReason.MissingGroupKey, WireNames.GroupKey(item.Dialect));
                    break;
                case ItemKind.GroupUpdate when item.DistinctId.IsEmpty:
                    batch.Reject(item.RecordIndex, RejectReason.MissingGroupId, WireNames.Id(item));
                    break;
            }
        }
        return default;
    }

    static void RequireOfEvent(ItemBatch batch, in Item item)
    {
        var rules = batch.Rules;
        if (item.Name.IsEmpty) batch.Reject(item.RecordIndex, RejectReason.MissingName, WireNames.Name(item));
        else if (rules.RequiresDistinctId && item.DistinctId.IsEmpty && item.DeviceId.IsEmpty && item.UserId.IsEmpty)
            batch.Reject(item.RecordIndex, RejectReason.MissingDistinctId, WireNames.Id(item));
        else if (rules.RequiresInsertId && item.InsertId.IsEmpty)
            batch.Reject(item.RecordIndex, RejectReason.MissingInsertId, WireNames.InsertId(item.Dialect));
    }

    /// <summary>Clears or rejects blocked ids; false where the item is to be judged no further.</summary>
    static bool Unblock(ItemBatch batch, ref Item item)
    {
        // A group may be called "none" or "0": its id is no person's.
        if (item.Kind == ItemKind.GroupUpdate) return true;
        var dialect = item.Dialect;
        var isBlocked = false;
        var field = "";
        if (IsBlocked(dialect, ref item.DistinctId)) (isBlocked, field) = (true, WireNames.Id(item));
        if (IsBlocked(dialect, ref item.DeviceId)) (isBlocked, field) = (true, WireNames.DeviceId(dialect));
        if (IsBlocked(dialect, ref item.UserId)) (isBlocked, field) = (true, WireNames.UserId(dialect));
        if (IsBlocked(dialect, ref item.OtherId)) (isBlocked, field) = (true, WireNames.Id(item));
        if (isBlocked && item.Kind == ItemKind.LinkClaim)
        {
            // A claim joins nobody to somebody; the event beside it says whether that is an error.
            ItemState.Withdraw(ref item);
            return false;
        }
        if (isBlocked && batch.Rules.RejectsBlockedIds)
        {
            batch.Reject(item.RecordIndex, RejectReason.BlockedId, field);
            return false;
        }
        if (dialect != Dialect.Amplitude && IsBlocked(dialect, ref item.InsertId) && batch.Rules.RejectsBlockedIds)
        {
            batch.Reject(item.RecordIndex, RejectReason.InvalidInsertId, WireNames.InsertId(dialect));
            return false;
        }
        return true;
    }

    static bool IsBlocked(Dialect dialect, ref ReadOnlyMemory<byte> id)
    {
        if (!BlockedIds.Contains(dialect, id.Span)) return false;
        id = default;
        return true;
    }
}
