using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Ingestion.Stages;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Amplitude;

/// <summary>Turns Amplitude's events into items: one record of the batch for each element, rejected or translated whole.</summary>
/// <remarks>
/// An event gives, in this order: a link claim where it names both a user and a device, a profile update where it carries user
/// properties, and the event; so its own user properties hold at the event, as the vendor's snapshot has it. <c>$identify</c> gives
/// no event, <c>$groupidentify</c> only group updates. Texts stay slices of the body. Source: docs/wire/amplitude.md.
/// <code>
/// using var translator = new AmplitudeTranslator(batch, new(batch.ReceivedAtMs, upload.UploadedAtMs), upload.MinIdChars);
/// translator.AddEvents(upload.Events);
/// </code>
/// </remarks>
public sealed partial class AmplitudeTranslator(ItemBatch batch, AmplitudeClock clock, int minIdChars, FieldNames names = FieldNames.HttpV2) : IDisposable
{
    readonly EventFields fields = new(names);
    readonly JsonBuffer buffer = new();
    readonly PropertyOperations operations = new();

    // What the current record is about, read once and shared by its items.
    ReadOnlyMemory<byte> userId, deviceId, distinctId;
    long timeMs, sentTimeMs;

    /// <summary>Translates a raw array of events, or a single one.</summary>
    /// <returns>Accepted, or why the array as a whole can't be taken: malformed JSON, or too many records.</returns>
    public Verdict AddEvents(ReadOnlyMemory<byte> json) => AddRecords(json, static self => self.AddEvent());

    /// <summary>Translates <c>identification</c> of the identify API: an object or an array of them.</summary>
    /// <inheritdoc cref="AddEvents"/>
    public Verdict AddIdentifications(ReadOnlyMemory<byte> json) => AddRecords(json, static self => self.AddIdentification());

    /// <summary>Translates <c>identification</c> of the group identify API: an object or an array of them.</summary>
    /// <inheritdoc cref="AddEvents"/>
    public Verdict AddGroupIdentifications(ReadOnlyMemory<byte> json) => AddRecords(json, static self => self.AddGroupIdentification());

    /// <summary>Translates <c>event</c> of the attribution API, whose events name an advertising id in a device's place.</summary>
    /// <inheritdoc cref="AddEvents"/>
    public Verdict AddAttributions(ReadOnlyMemory<byte> json) => AddRecords(json, static self => self.AddAttribution());

    /// <summary>Gives the pooled buffers back; the batch keeps what was composed.</summary>
    public void Dispose()
    {
        buffer.Dispose();
        operations.Dispose();
    }

    Verdict AddRecords(ReadOnlyMemory<byte> json, Action<AmplitudeTranslator> add)
    {
        try
        {
            var reader = JsonSlice.Read(json);
            reader.Read();
            var isList = reader.TokenType == JsonTokenType.StartArray;
            if (isList) reader.Read();
            while (reader.TokenType != JsonTokenType.EndArray)
            {
                if (batch.RecordCount == AmplitudeLimits.MaxEventsPerRequest) return new(RejectReason.TooManyItems, "events");
                AddRecord(ref reader, json, add);
                if (!isList) break;
                reader.Read();
            }
            // Only blanks may follow; the reader throws otherwise.
            reader.Read();
            return Verdict.Accepted;
        }
        catch (JsonException)
        {
            return new(RejectReason.MalformedJson, "");
        }
    }

    void AddRecord(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, Action<AmplitudeTranslator> add)
    {
        batch.BeginRecord();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonSlice.Value(ref reader, json);
            batch.Reject(RejectReason.NotAnObject, "events");
            return;
        }
        var start = reader.TokenStartIndex;
        fields.Read(ref reader, json);
        if (reader.BytesConsumed - start > AmplitudeLimits.MaxEventBytes) batch.Reject(RejectReason.RecordTooLarge, "events");
        else if (fields.TooDeep != AmplitudeField.None) batch.Reject(RejectReason.TooDeep, AmplitudeFields.NameOf(fields.TooDeep));
        else if (FieldTypes.FindWrong(fields) is var wrong and not AmplitudeField.None) batch.Reject(RejectReason.InvalidType, AmplitudeFields.NameOf(wrong));
        else if (fields[AmplitudeField.InsertId].Length > ItemLimits.MaxIdBytes) batch.Reject(RejectReason.InvalidInsertId, "insert_id");
        else if (fields[AmplitudeField.SessionId].Length > ItemLimits.MaxIdBytes) batch.Reject(RejectReason.IdTooLong, "session_id");
        else if (ReadTime()) add(this);
    }

    void AddEvent()
    {
        if (names == FieldNames.Legacy) LegacyFields.Spread(fields);
        var type = Text(AmplitudeField.EventType);
        if (type.IsEmpty) batch.Reject(RejectReason.MissingName, "event_type");
        else if (Utf8Length.CountChars(type.Span) > AmplitudeLimits.MaxNameChars) batch.Reject(RejectReason.NameTooLong, "event_type");
        else if (fields.Has(AmplitudeField.Groups) && !GroupValues.AreValid(fields[AmplitudeField.Groups])) batch.Reject(RejectReason.InvalidType, "groups");
        else if (type.Span.SequenceEqual("$groupidentify"u8)) AddGroupUpdates();
        else if (!ReadIds()) return;
        else if (type.Span.SequenceEqual("$identify"u8)) AddIdentify();
        else AddOrdinary(type);
    }

    void AddOrdinary(ReadOnlyMemory<byte> type)
    {
        var isExposure = Exposure.Is(type.Span, out var exposureName);
        var skipsProfile = fields[AmplitudeField.SkipUserPropertiesSync].Span is [(byte)'t', ..];
        var body = new EventBody(fields);
        AddLinkClaim();
        if (!skipsProfile && !AddEventProfile(isExposure, body.HasRevenue)) return;

        var properties = body.Compose(keepsUser: skipsProfile, isExposure, buffer, batch.Scratch);
        // What a stage would refuse is refused here already: this vendor's requests are taken whole or not at all.
        if (properties.Length > BodyShape.AlwaysFineBytes && BodyShape.Of(properties.Span).Fault is var fault and not RejectReason.None)
        {
            batch.Reject(fault, "event_properties");
            return;
        }
        var groups = EventGroups.Of(fields[AmplitudeField.Groups], buffer, batch.Scratch);
        ref var item = ref Add(ItemKind.Event);
        item.Name = isExposure ? exposureName : type;
        item.SkipsProfile = skipsProfile;
        item.SessionId = SessionId();
        item.Body = properties;
        item.Groups = groups;
    }

    // Only ids that the sender gave are claimed; a device made up from the user says nothing new.
    void AddLinkClaim()
    {
        if (userId.IsEmpty || !fields.Has(AmplitudeField.DeviceId)) return;
        ref var claim = ref batch.Add(ItemKind.LinkClaim);
        claim.LinkRule = LinkRule.AmplitudeDeviceAndUser;
        claim.DistinctId = userId;
        claim.OtherId = batch.Scratch.Keep("$device:"u8, deviceId.Span);
        claim.TimeMs = timeMs;
        claim.SentTimeMs = sentTimeMs;
    }

    ref Item Add(ItemKind kind)
    {
        ref var item = ref batch.Add(kind);
        item.TimeMs = timeMs;
        item.SentTimeMs = sentTimeMs;
        item.DistinctId = distinctId;
        item.DeviceId = deviceId;
        item.UserId = userId;
        item.InsertId = Text(AmplitudeField.InsertId);
        item.Sdk = Sdk();
        return ref item;
    }

    ReadOnlyMemory<byte> SessionId()
    {
        var session = Text(AmplitudeField.SessionId);
        return session.Span.SequenceEqual("-1"u8) ? default : session;
    }

    ReadOnlyMemory<byte> Sdk() => fields[AmplitudeField.Library].Span switch
    {
        [(byte)'"', ..] => Text(AmplitudeField.Library),
        [(byte)'{', ..] when names == FieldNames.Legacy => LegacyFields.LibraryOf(fields[AmplitudeField.Library], batch.Scratch),
        _ => default,
    };

    // A text's inside, or a number's digits; empty where the event has neither.
    ReadOnlyMemory<byte> Text(AmplitudeField field)
    {
        var token = fields[field];
        return token.Span is [(byte)'"', ..] ? JsonText.Of(token, batch.Scratch) : token;
    }
}
