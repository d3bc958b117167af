using Cairn.Ingestion.Streaming;
using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>Turns away what is too long, too deep or too much, and cuts over-long values, by <see cref="ItemLimits"/>.</summary>
sealed class EnforceLimits : IIngestStage
{
    public string Name => "enforce_limits";

    public ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref var item in batch.Items)
            if (batch.IsPending(item)) Judge(batch, ref item);
        return default;
    }

    static void Judge(ItemBatch batch, ref Item item)
    {
        var (reason, field) = TooLong(item);
        if (reason == RejectReason.None && item.Body.Length > BodyShape.AlwaysFineBytes)
        {
            var shape = BodyShape.Of(item.Body.Span);
            reason = shape.Fault;
            field = reason == RejectReason.None ? "" : WireNames.Properties(item);
            if (reason == RejectReason.None && shape.HasLongValue) item.Body = LongValues.Cut(item.Body, batch.Scratch);
        }
        if (reason != RejectReason.None) batch.Reject(item.RecordIndex, reason, field);
    }

    static (RejectReason Reason, string Field) TooLong(in Item item)
    {
        if (item.Name.Length > ItemLimits.MaxNameBytes) return (RejectReason.NameTooLong, WireNames.Name(item));
        if (item.DistinctId.Length > ItemLimits.MaxIdBytes || item.OtherId.Length > ItemLimits.MaxIdBytes) return (RejectReason.IdTooLong, WireNames.Id(item));
        if (item.DeviceId.Length > ItemLimits.MaxIdBytes) return (RejectReason.IdTooLong, WireNames.DeviceId(item.Dialect));
        if (item.UserId.Length > ItemLimits.MaxIdBytes) return (RejectReason.IdTooLong, WireNames.UserId(item.Dialect));
        if (item.InsertId.Length > ItemLimits.MaxIdBytes) return (RejectReason.InvalidInsertId, WireNames.InsertId(item.Dialect));
        if (item.SessionId.Length > ItemLimits.MaxIdBytes) return (RejectReason.IdTooLong, WireNames.Session(item.Dialect));
        return ContentWriter.TextBytes(item) > ItemLimits.MaxItemBytes ? (RejectReason.RecordTooLarge, "") : (RejectReason.None, "");
    }
}
