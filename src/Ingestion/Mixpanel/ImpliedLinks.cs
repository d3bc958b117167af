using System.IO.Hashing;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>
/// The link claims that an event implies. Which of them link anything is decided later, by the project's identity system: a
/// <c>$identify</c> of today's SDKs makes one claim for either system.
/// </summary>
/// <remarks>
/// A page sends fifty events of one person in a request: the same claim is made once for all of them. The claim stands before
/// its event. Source: Mixpanel docs, "Identifying Users (Simplified)", "(Original)".
/// </remarks>
sealed class ImpliedLinks
{
    /// <summary>Pairs of one request remembered; a power of two. One that was pushed out is claimed again, which changes nothing.</summary>
    const int MaxRemembered = 64;

    /// <summary>By hash of the pair: the number of the item that claimed it, from 1; 0 where the place is free.</summary>
    readonly int[] claimedBy = new int[MaxRemembered];

    public void Clear() => Array.Clear(claimedBy);

    /// <summary>Adds the claims of one event to the current record.</summary>
    public void Add(ItemBatch batch, in EventParts parts, EventRules rules)
    {
        if (!parts.DeviceId.IsEmpty && !parts.UserId.IsEmpty) AddDeviceAndUser(batch, in parts);
        var name = parts.Name.Span;
        if (name[0] != '$') return;
        var properties = parts.Body.Span;
        if (VerbEvents.IsIdentify(name))
        {
            var identified = VerbEvents.Find(properties, "$identified_id"u8, batch.Scratch);
            var anonymous = VerbEvents.Find(properties, "$anon_id"u8, batch.Scratch);
            if (identified.IsEmpty) identified = parts.DistinctId;
            if (anonymous.IsEmpty) anonymous = VerbEvents.Find(properties, "$anon_distinct_id"u8, batch.Scratch);
            AddPair(batch, in parts, LinkRule.MixpanelIdentify, identified, anonymous);
        }
        else if (VerbEvents.IsAlias(name))
        {
            AddPair(batch, in parts, LinkRule.MixpanelAlias, parts.DistinctId, VerbEvents.Find(properties, "alias"u8, batch.Scratch));
        }
        else if (VerbEvents.IsMerge(name) && rules.AllowsMerge && VerbEvents.TryFindPair(properties, batch.Scratch, out var first, out var second))
        {
            AddPair(batch, in parts, LinkRule.MixpanelMerge, first, second);
        }
    }

    void AddDeviceAndUser(ItemBatch batch, in EventParts parts)
    {
        var slot = (int)(XxHash3.HashToUInt64(parts.UserId.Span, (long)XxHash3.HashToUInt64(parts.DeviceId.Span)) & (MaxRemembered - 1));
        if (claimedBy[slot] > 0)
        {
            ref readonly var claim = ref batch.Items[claimedBy[slot] - 1];
            if (claim.UserId.Span.SequenceEqual(parts.UserId.Span) && claim.DeviceId.Span.SequenceEqual(parts.DeviceId.Span)
                && claim.Token.Span.SequenceEqual(parts.Token.Span) && batch.IsAccepted(claim.RecordIndex)) return;
        }
        claimedBy[slot] = batch.Items.Length + 1;
        AddPair(batch, in parts, LinkRule.MixpanelDeviceAndUser, parts.UserId, batch.Scratch.Keep("$device:"u8, parts.DeviceId.Span));
    }

    static void AddPair(ItemBatch batch, in EventParts parts, LinkRule rule, ReadOnlyMemory<byte> id, ReadOnlyMemory<byte> other)
    {
        if (id.IsEmpty || other.IsEmpty || id.Span.SequenceEqual(other.Span)) return;
        ref var claim = ref batch.Add(ItemKind.LinkClaim);
        claim.LinkRule = rule;
        claim.DistinctId = id;
        claim.OtherId = other;
        claim.DeviceId = parts.DeviceId;
        claim.UserId = parts.UserId;
        claim.Token = parts.Token;
        claim.InsertId = parts.InsertId;
        claim.Sdk = parts.Sdk;
        claim.TimeMs = claim.SentTimeMs = parts.TimeMs;
    }
}
