using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Segment;

/// <summary>One Segment message as raw JSON slices, before anything is made of them; null counts as absent.</summary>
/// <remarks>
/// Shape: <c>{"type": "track", "event": "Signed Up", "userId": "ann", "anonymousId": "…", "messageId": "…", "properties": {…},
/// "context": {…}, "timestamp": "2025-06-15T12:00:00.044Z"}</c>. Source: Segment docs, "Spec: Common Fields" and the pages of the six calls.
/// </remarks>
struct MessageFields
{
    public ReadOnlyMemory<byte> Type, MessageId, UserId, AnonymousId, PreviousId, GroupId;
    public ReadOnlyMemory<byte> Event, Name, Category, Properties, Traits, Context, Integrations;
    public ReadOnlyMemory<byte> Timestamp, OriginalTimestamp, SentAt, WriteKey;

    /// <summary>The raw array of a batch; empty in a single message.</summary>
    public ReadOnlyMemory<byte> Batch;

    /// <summary>The wire name of a container that is nested deeper than is accepted; null where none is.</summary>
    public string? TooDeep;

    /// <summary>Reads the object the reader stands on, to its end.</summary>
    public static MessageFields Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var fields = default(MessageFields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref var field = ref fields.Find(reader.ValueSpan, out var wireName);
            reader.Read();
            var value = JsonSlice.Value(ref reader, json, out var depth);
            if (wireName is null || value.Span[0] == 'n') continue;
            field = value;
            if (depth > SegmentLimits.MaxDepth && wireName != "batch") fields.TooDeep ??= wireName;
        }
        return fields;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    ref ReadOnlyMemory<byte> Find(ReadOnlySpan<byte> name, out string? wireName)
    {
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("type"u8): wireName = "type"; return ref Type;
            case 4 when name.SequenceEqual("name"u8): wireName = "name"; return ref Name;
            case 5 when name.SequenceEqual("event"u8): wireName = "event"; return ref Event;
            case 5 when name.SequenceEqual("batch"u8): wireName = "batch"; return ref Batch;
            case 6 when name.SequenceEqual("userId"u8): wireName = "userId"; return ref UserId;
            case 6 when name.SequenceEqual("traits"u8): wireName = "traits"; return ref Traits;
            case 6 when name.SequenceEqual("sentAt"u8): wireName = "sentAt"; return ref SentAt;
            case 7 when name.SequenceEqual("context"u8): wireName = "context"; return ref Context;
            case 7 when name.SequenceEqual("groupId"u8): wireName = "groupId"; return ref GroupId;
            case 8 when name.SequenceEqual("writeKey"u8): wireName = "writeKey"; return ref WriteKey;
            case 8 when name.SequenceEqual("category"u8): wireName = "category"; return ref Category;
            case 9 when name.SequenceEqual("messageId"u8): wireName = "messageId"; return ref MessageId;
            case 9 when name.SequenceEqual("timestamp"u8): wireName = "timestamp"; return ref Timestamp;
            case 10 when name.SequenceEqual("properties"u8): wireName = "properties"; return ref Properties;
            case 10 when name.SequenceEqual("previousId"u8): wireName = "previousId"; return ref PreviousId;
            case 11 when name.SequenceEqual("anonymousId"u8): wireName = "anonymousId"; return ref AnonymousId;
            case 12 when name.SequenceEqual("integrations"u8): wireName = "integrations"; return ref Integrations;
            case 17 when name.SequenceEqual("originalTimestamp"u8): wireName = "originalTimestamp"; return ref OriginalTimestamp;
            default: wireName = null; return ref Type;
        }
    }
}
