using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Amplitude;

/// <summary>Turns <c>mapping</c> of the user mapping API into link claims.</summary>
/// <remarks>
/// Shape: <c>{"user_id": "a", "global_user_id": "b"}</c> or <c>{"user_id": "a", "unmap": true}</c>, or an array of them, at most
/// 2,000. Source: Amplitude docs, "User Mapping (Aliasing) API".
/// </remarks>
public static class UserMappings
{
    /// <summary>Adds one record and one claim a mapping.</summary>
    /// <returns>Accepted, or why the text as a whole can't be taken.</returns>
    public static Verdict Add(ReadOnlyMemory<byte> json, ItemBatch batch)
    {
        try
        {
            var reader = JsonSlice.Read(json);
            reader.Read();
            var isList = reader.TokenType == JsonTokenType.StartArray;
            if (isList) reader.Read();
            while (reader.TokenType != JsonTokenType.EndArray)
            {
                if (batch.RecordCount == AmplitudeLimits.MaxEventsPerRequest) return new(RejectReason.TooManyItems, "mapping");
                batch.BeginRecord();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    AddOne(ref reader, json, batch);
                }
                else
                {
                    JsonSlice.Value(ref reader, json);
                    batch.Reject(RejectReason.NotAnObject, "mapping");
                }
                if (!isList) break;
                reader.Read();
            }
            reader.Read();
            return Verdict.Accepted;
        }
        catch (JsonException)
        {
            return new(RejectReason.MalformedJson, "");
        }
    }

    static void AddOne(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ItemBatch batch)
    {
        ReadOnlyMemory<byte> userId = default, globalId = default;
        var unmaps = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUser = reader.ValueSpan.SequenceEqual("user_id"u8);
            var isGlobal = reader.ValueSpan.SequenceEqual("global_user_id"u8);
            var isUnmap = reader.ValueSpan.SequenceEqual("unmap"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, json);
            if (isUser && value.Span[0] == '"') userId = JsonText.Of(value, batch.Scratch);
            else if (isGlobal && value.Span[0] == '"') globalId = JsonText.Of(value, batch.Scratch);
            else if (isUnmap) unmaps = value.Span[0] == 't';
        }
        if (userId.IsEmpty || AmplitudeIds.IsReserved(userId.Span)) batch.Reject(RejectReason.MissingDistinctId, "user_id");
        else if (!unmaps && (globalId.IsEmpty || AmplitudeIds.IsReserved(globalId.Span))) batch.Reject(RejectReason.MissingDistinctId, "global_user_id");
        else if (IsLong(userId)) batch.Reject(RejectReason.IdTooLong, "user_id");
        else if (!unmaps && IsLong(globalId)) batch.Reject(RejectReason.IdTooLong, "global_user_id");
        else Claim(batch, unmaps ? LinkRule.AmplitudeUnmap : LinkRule.AmplitudeUserMap, userId, unmaps ? default : globalId);
    }

    static bool IsLong(ReadOnlyMemory<byte> id) => Utf8Length.CountChars(id.Span) > AmplitudeLimits.MaxNameChars;

    static void Claim(ItemBatch batch, LinkRule rule, ReadOnlyMemory<byte> userId, ReadOnlyMemory<byte> globalId)
    {
        ref var claim = ref batch.Add(ItemKind.LinkClaim);
        claim.LinkRule = rule;
        claim.DistinctId = userId;
        claim.OtherId = globalId;
    }
}
