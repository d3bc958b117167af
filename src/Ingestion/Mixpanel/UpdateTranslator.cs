using System.Text;
using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Model;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Turns records of <c>/engage</c> into profile updates, and of <c>/groups</c> into group updates.</summary>
/// <remarks>
/// <code>
/// {"$token": "…", "$distinct_id": "ann", "$set": {"plan": "pro"}}
/// {"$token": "…", "$group_key": "company", "$group_id": "acme", "$add": {"seats": 1}}
/// </code>
/// <c>$ip</c>, <c>$latitude</c> and <c>$longitude</c> are dropped: no place is looked up. <c>$device_id</c> and <c>$user_id</c> stand beside
/// for information and move nothing: the profile is that of <c>$distinct_id</c>. Source: Mixpanel docs, "User Profiles", "Group Profiles".
/// </remarks>
/// <param name="kind">A profile update or a group update.</param>
public sealed class UpdateTranslator(ItemKind kind) : RecordTranslator, IDisposable
{
    readonly JsonBuffer composed = new();
    readonly ReadOnlyMemory<byte>[] arguments = new ReadOnlyMemory<byte>[UpdateOperations.Count];
    ReadOnlyMemory<byte> token, distinctId, groupKey, groupId;
    long timeMs;
    bool isTooDeep;

    public void Dispose() => composed.Dispose();

    protected override void Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        token = distinctId = groupKey = groupId = default;
        timeMs = 0;
        isTooDeep = false;
        Array.Clear(arguments);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (UpdateOperations.TryFind(ref reader, out var operation))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                isTooDeep |= Skip(ref reader) > MixpanelLimits.MaxDepth;
                arguments[(int)operation] = json[start..(int)reader.BytesConsumed];
            }
            else
            {
                ReadRouting(ref reader, json);
            }
        }
    }

    protected override void Finish()
    {
        var (fault, field) = Judge();
        if (fault == RejectReason.None) (fault, field) = Compose();
        if (fault != RejectReason.None)
        {
            Batch.Reject(fault, field);
            return;
        }
        ref var item = ref Batch.Add(kind);
        item.Token = token;
        item.Name = groupKey;
        item.DistinctId = kind == ItemKind.GroupUpdate ? groupId : distinctId;
        item.TimeMs = item.SentTimeMs = timeMs;
        item.Body = composed.Keep(Batch.Scratch);
    }

    void ReadRouting(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.ValueTextEquals("$token"u8))
        {
            reader.Read();
            token = Text(ref reader, json);
        }
        else if (reader.ValueTextEquals("$distinct_id"u8))
        {
            reader.Read();
            distinctId = Text(ref reader, json);
        }
        else if (reader.ValueTextEquals("$group_key"u8))
        {
            reader.Read();
            groupKey = Text(ref reader, json);
        }
        else if (reader.ValueTextEquals("$group_id"u8))
        {
            reader.Read();
            groupId = Text(ref reader, json);
        }
        else if (reader.ValueTextEquals("$time"u8))
        {
            reader.Read();
            if (!MixpanelTime.TryRead(ref reader, out timeMs)) timeMs = 0;
            reader.Skip();
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    (RejectReason Fault, string Field) Judge()
    {
        if (kind == ItemKind.ProfileUpdate && distinctId.IsEmpty) return (RejectReason.MissingDistinctId, "$distinct_id");
        if (kind == ItemKind.GroupUpdate && groupKey.IsEmpty) return (RejectReason.MissingGroupKey, "$group_key");
        if (kind == ItemKind.GroupUpdate && groupId.IsEmpty) return (RejectReason.MissingGroupId, "$group_id");
        return isTooDeep ? (RejectReason.TooDeep, "") : default;
    }

    /// <summary>Writes the operations in our words.</summary>
    (RejectReason Fault, string Field) Compose()
    {
        composed.Clear();
        composed.Append('{');
        var writer = new UpdateWriter(composed);
        var operationCount = 0;
        for (UpdateOperation operation = 0; operation < (UpdateOperation)UpdateOperations.Count; operation++)
        {
            var argument = arguments[(int)operation].Span;
            // Null is no argument, but for $delete any is one.
            if (argument.IsEmpty || operation != UpdateOperation.Delete && argument.SequenceEqual("null"u8)) continue;
            if (!writer.TryWrite(operation, argument)) return (RejectReason.InvalidType, Encoding.ASCII.GetString(UpdateOperations.WireName(operation)));
            operationCount++;
        }
        composed.Append('}');
        if (operationCount == 0) return (RejectReason.UnknownOperation, "");
        if (writer.HasLongName) return (RejectReason.NameTooLong, "");
        return writer.PropertyCount > MixpanelLimits.MaxProperties ? (RejectReason.TooManyProperties, "") : default;
    }
}
