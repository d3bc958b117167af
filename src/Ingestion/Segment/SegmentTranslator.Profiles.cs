using Cairn.Ingestion.Json;
using Cairn.Model;

namespace Cairn.Ingestion.Segment;

public sealed partial class SegmentTranslator
{
    /// <summary>
    /// The type of Segment's groups, which have none: what Segment itself sends to Mixpanel. Source: Segment docs, "Mixpanel (Actions)
    /// Destination", Group Identify User, group key.
    /// </summary>
    static readonly ReadOnlyMemory<byte> GroupType = "$group_id"u8.ToArray();

    // Traits are set on the profile; one that is null is taken off it.
    void AddIdentify()
    {
        var traits = message.Traits.IsEmpty ? context.Traits : message.Traits;
        if (traits.IsEmpty || JsonSlice.IsEmpty(traits.Span)) return;
        var body = Set(traits);
        Add(ItemKind.ProfileUpdate).Body = body;
    }

    // The group gets its traits, the user the group's id: later events are counted for the group by it.
    void AddGroup()
    {
        var groupId = TextOf(message.GroupId);
        if (groupId.IsEmpty)
        {
            batch.Reject(RejectReason.MissingGroupId, "groupId");
            return;
        }
        if (Utf8Length.CountChars(groupId.Span) > SegmentLimits.MaxNameChars)
        {
            batch.Reject(RejectReason.IdTooLong, "groupId");
            return;
        }
        if (!message.Traits.IsEmpty && !JsonSlice.IsEmpty(message.Traits.Span))
        {
            var body = Set(message.Traits);
            ref var update = ref batch.Add(ItemKind.GroupUpdate);
            update.TimeMs = timeMs;
            update.SentTimeMs = sentTimeMs;
            update.Token = TextOf(message.WriteKey);
            update.Name = GroupType;
            update.DistinctId = groupId;
            update.InsertId = TextOf(message.MessageId);
            update.Sdk = context.Sdk(batch.Scratch);
            update.Body = body;
        }
        var membership = Set(GroupsOf(message.GroupId));
        Add(ItemKind.ProfileUpdate).Body = membership;
    }

    ReadOnlyMemory<byte> Set(ReadOnlyMemory<byte> properties)
    {
        buffer.Clear();
        buffer.Append("{\"set\":"u8);
        buffer.Append(properties.Span);
        buffer.Append('}');
        return buffer.Keep(batch.Scratch);
    }

    // {"$group_id": "acme"}; a number becomes its digits, for ids are texts.
    ReadOnlyMemory<byte> GroupsOf(ReadOnlyMemory<byte> token)
    {
        var isText = token.Span[0] == '"';
        buffer.Clear();
        buffer.Append("{\"$group_id\":"u8);
        if (!isText) buffer.Append('"');
        buffer.Append(token.Span);
        if (!isText) buffer.Append('"');
        buffer.Append('}');
        return buffer.Keep(batch.Scratch);
    }
}
