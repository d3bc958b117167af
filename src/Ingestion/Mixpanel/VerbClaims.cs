using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>
/// The link claim that a verb event makes (<see cref="VerbEvents"/>). Whether it links anything is decided later, by the project's
/// identity system. The claim of an event that carries both a device and a user is none of these: the consumer reads it off the event.
/// </summary>
/// <remarks>The claim stands before its event. Source: Mixpanel docs, "Identifying Users (Original)".</remarks>
static class VerbClaims
{
    /// <summary>Adds the claim of one event, where it makes one, to the current record.</summary>
    public static void Add(ItemBatch batch, in EventParts parts, EventRules rules)
    {
        var name = parts.Name.Span;
        if (name[0] != '$') return;
        var properties = parts.Body.Span;
        if (VerbEvents.IsIdentify(name))
        {
            // As the docs have it ($identified_id, $anon_id), or as SDKs send it (distinct_id, $anon_distinct_id).
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
