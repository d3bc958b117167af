using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>Gives every item a time that can stand, by the endpoint's <see cref="DoorRules"/>.</summary>
/// <remarks>
/// In this order: the time that the translator corrected by the sender's clock, where it knows that clock; else the time as
/// sent; else the receipt. Then events are held against the rules; updates and claims are only kept from the future, for
/// their order is that of receipt anyway.
/// </remarks>
sealed class FixClock : IIngestStage
{
    /// <summary>The oldest time of Mixpanel's dialect: 1971-01-01, which also tells seconds from milliseconds. Source: Mixpanel, "Import Events", "time".</summary>
    public const long MixpanelOldestMs = 31_536_000_000;

    public string Name => "fix_clock";

    public ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref var item in batch.Items)
        {
            if (!batch.IsPending(item)) continue;
            var reason = Fix(batch.Rules, ref item);
            if (reason != RejectReason.None) batch.Reject(item.RecordIndex, reason, WireNames.Time(item.Dialect));
        }
        return default;
    }

    static RejectReason Fix(DoorRules rules, ref Item item)
    {
        if (item.TimeMs == 0) item.TimeMs = item.SentTimeMs;
        var isEvent = item.Kind == ItemKind.Event;
        if (item.TimeMs == 0)
        {
            if (isEvent && rules.RequiresTime) return RejectReason.MissingTime;
            item.TimeMs = item.ReceivedAtMs;
        }
        if (item.TimeMs > item.ReceivedAtMs + (long)DoorRules.ClockTolerance.TotalMilliseconds)
        {
            if (isEvent && rules.RejectsFuture) return RejectReason.InFuture;
            item.TimeMs = item.ReceivedAtMs;
        }
        if (!isEvent) return RejectReason.None;
        if (item.TimeMs < (item.Dialect == Dialect.Mixpanel ? MixpanelOldestMs : 0)) return RejectReason.InvalidTime;
        return rules.OldestAge is { } oldest && item.TimeMs < item.ReceivedAtMs - (long)oldest.TotalMilliseconds ? RejectReason.TooOld : RejectReason.None;
    }
}
