using System.Buffers;
using System.Text.Json;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Turns records of <c>/track</c> and <c>/import</c> into events, and into the link claims that verb events make.</summary>
/// <remarks>
/// <code>
/// {"event": "Sign Up",
///  "properties": {"token": "…", "time": 1749988800.184, "distinct_id": "…", "$insert_id": "…", "plan": "pro"}}
/// </code>
/// The item's body is the properties object without those that became fields of the item, copied run by run; all other bytes
/// stay as they were sent. Source: Mixpanel docs, "Track Events", "Import Events".
/// </remarks>
/// <param name="rules">The endpoint's.</param>
public sealed class EventTranslator(EventRules rules) : RecordTranslator
{
    /// <summary>Runs of own properties remembered at first; a sender has one more run than lifted properties between them.</summary>
    const int FirstRuns = 16;

    (int Start, int End)[] runs = new (int, int)[FirstRuns];
    int runCount;
    ReadOnlyMemory<byte> text;
    EventFields fields;
    ReadOnlyMemory<byte> lastLibrary, lastLibraryVersion, lastSdk;

    public override void Begin(ItemBatch batch, bool payloadIsValidUtf8)
    {
        base.Begin(batch, payloadIsValidUtf8);
        lastLibrary = lastLibraryVersion = lastSdk = default;
    }

    protected override void Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        text = json;
        fields = default;
        runCount = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("event"u8))
            {
                reader.Read();
                fields.NameIsText = reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
                fields.Name = Text(ref reader, json);
            }
            else if (reader.ValueTextEquals("properties"u8))
            {
                reader.Read();
                fields.HasProperties = reader.TokenType == JsonTokenType.StartObject;
                fields.HasOtherProperties = reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null);
                if (fields.HasProperties) ReadProperties(ref reader, json);
                else reader.Skip();
            }
            else
            {
                // $mp_metadata of the mobile SDKs, and whatever else stands beside the properties.
                reader.Read();
                reader.Skip();
            }
        }
    }

    protected override void Finish()
    {
        if (fields.IsIgnored)
        {
            Batch.Reject(Batch.RecordCount - 1, RejectReason.OptedOut, "properties.$ignore", quietly: true);
            return;
        }
        var (fault, field) = Judge();
        if (fault != RejectReason.None)
        {
            Batch.Reject(fault, field);
            // A strict answer names the insert id of what it refuses.
            if (rules.IsStrict) Batch.Add(ItemKind.Event).InsertId = fields.InsertId;
            return;
        }
        Compose(out var item);
        VerbClaims.Add(Batch, in item, rules);
        ref var added = ref Batch.Add(ItemKind.Event);
        item.CopyTo(ref added);
    }

    void ReadProperties(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        // A second "properties" replaces the first, as JSON readers do.
        fields.ForgetProperties();
        runCount = 0;
        var runStart = -1;
        var runEnd = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            var nameLength = reader.ValueSpan.Length;
            var property = EventProperties.Find(ref reader);
            reader.Read();
            if (property is > EventProperty.Own and < EventProperty.Library)
            {
                if (runStart >= 0) AddRun(runStart, runEnd);
                runStart = -1;
                Lift(property, ref reader, json);
                continue;
            }
            if (property != EventProperty.Own) Note(property, ref reader, json);
            else if (Skip(ref reader) > MixpanelLimits.MaxDepth && fields.DeepName.IsEmpty) fields.DeepName = json.Slice(nameStart + 1, nameLength);
            if (runStart < 0) runStart = nameStart;
            runEnd = (int)reader.BytesConsumed;
            fields.PropertyCount++;
        }
        if (runStart >= 0) AddRun(runStart, runEnd);
    }

    /// <summary>Takes a property out of the body.</summary>
    void Lift(EventProperty property, ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (property == EventProperty.Time)
        {
            if (reader.TokenType == JsonTokenType.Null) return;
            fields.HasTime = true;
            fields.TimeIsValid = MixpanelTime.TryRead(ref reader, out fields.TimeMs);
            reader.Skip();
            return;
        }
        var isNull = reader.TokenType == JsonTokenType.Null;
        var value = Text(ref reader, json);
        switch (property)
        {
            case EventProperty.Token: fields.Token = value; break;
            case EventProperty.DistinctId:
                fields.DistinctId = value;
                fields.HasDistinctId = !isNull;
                break;
            case EventProperty.InsertId: fields.InsertId = value; break;
            case EventProperty.DeviceId: fields.DeviceId = WithoutPrefix(value); break;
            case EventProperty.UserId: fields.UserId = value; break;
        }
    }

    /// <summary>Reads a property that stays.</summary>
    void Note(EventProperty property, ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        switch (property)
        {
            case EventProperty.Library: fields.Library = Text(ref reader, json); break;
            case EventProperty.LibraryVersion: fields.LibraryVersion = Text(ref reader, json); break;
            case EventProperty.Ignore:
                fields.IsIgnored = reader.TokenType == JsonTokenType.True || reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                reader.Skip();
                break;
        }
    }

    (RejectReason Fault, string Field) Judge()
    {
        if (!fields.NameIsText && !fields.Name.IsEmpty) return (RejectReason.InvalidType, "event");
        if (fields.Name.IsEmpty) return (RejectReason.MissingName, "event");
        if (fields.HasOtherProperties) return (RejectReason.InvalidType, "properties");
        if (!fields.HasProperties) return (RejectReason.MissingProperties, "properties");
        if (!fields.DeepName.IsEmpty) return (RejectReason.TooDeep, $"properties.{System.Text.Encoding.UTF8.GetString(fields.DeepName.Span)}");
        if (fields.PropertyCount > (rules.IsStrict ? MixpanelLimits.MaxStrictProperties : MixpanelLimits.MaxProperties))
            return (RejectReason.TooManyProperties, "properties");
        return rules.IsStrict ? JudgeStrictly() : default;
    }

    (RejectReason Fault, string Field) JudgeStrictly()
    {
        if (rules.Mode == IdentityMode.Simplified && VerbEvents.IsOne(fields.Name.Span)) return (RejectReason.IdentityEventNotAllowed, "event");
        if (!fields.HasTime) return (RejectReason.MissingTime, "properties.time");
        if (!fields.TimeIsValid) return (RejectReason.InvalidTime, "properties.time");
        if (fields.TimeMs > Batch.ReceivedAtMs + (long)DoorRules.ClockTolerance.TotalMilliseconds) return (RejectReason.InFuture, "properties.time");
        // An empty id is one, and means nobody; verb events carry theirs under other names.
        var needsDistinctId = rules.Mode != IdentityMode.Simplified || fields.DeviceId.IsEmpty && fields.UserId.IsEmpty;
        if (needsDistinctId && !fields.HasDistinctId && !VerbEvents.IsOne(fields.Name.Span)) return (RejectReason.MissingDistinctId, "properties.distinct_id");
        if (fields.InsertId.IsEmpty) return (RejectReason.MissingInsertId, "$insert_id");
        if (fields.InsertId.Length > MixpanelLimits.MaxStrictInsertIdBytes || fields.InsertId.Span.IndexOfAnyExcept(InsertIdBytes) >= 0)
            return (RejectReason.InvalidInsertId, "$insert_id");
        return default;
    }

    static readonly SearchValues<byte> InsertIdBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    void Compose(out EventParts item)
    {
        item = new()
        {
            Token = fields.Token,
            Name = Shorten(fields.Name),
            DistinctId = fields.DistinctId,
            DeviceId = fields.DeviceId,
            UserId = fields.UserId,
            InsertId = fields.InsertId,
            TimeMs = fields.TimeMs,
            Sdk = Sdk(),
            Body = Body(),
        };
    }

    /// <summary>"name/version"; made once for events of one library that follow each other.</summary>
    ReadOnlyMemory<byte> Sdk()
    {
        if (fields.Library.IsEmpty || fields.LibraryVersion.IsEmpty) return fields.Library;
        if (!lastSdk.IsEmpty && fields.Library.Span.SequenceEqual(lastLibrary.Span) && fields.LibraryVersion.Span.SequenceEqual(lastLibraryVersion.Span))
            return lastSdk;
        var sdk = Batch.Scratch.Take(fields.Library.Length + 1 + fields.LibraryVersion.Length);
        fields.Library.CopyTo(sdk);
        sdk.Span[fields.Library.Length] = (byte)'/';
        fields.LibraryVersion.CopyTo(sdk[(fields.Library.Length + 1)..]);
        (lastLibrary, lastLibraryVersion, lastSdk) = (fields.Library, fields.LibraryVersion, sdk);
        return sdk;
    }

    /// <summary>The object of the properties that stay.</summary>
    ReadOnlyMemory<byte> Body()
    {
        var length = 1 + Math.Max(runCount, 1);
        for (var i = 0; i < runCount; i++) length += runs[i].End - runs[i].Start;
        var body = Batch.Scratch.Take(length);
        var span = body.Span;
        var written = 0;
        span[written++] = (byte)'{';
        for (var i = 0; i < runCount; i++)
        {
            if (i > 0) span[written++] = (byte)',';
            var run = text.Span[runs[i].Start..runs[i].End];
            run.CopyTo(span[written..]);
            written += run.Length;
        }
        span[written] = (byte)'}';
        return body;
    }

    void AddRun(int start, int end)
    {
        if (runCount == runs.Length) Array.Resize(ref runs, runCount * 2);
        runs[runCount++] = (start, end);
    }

    /// <summary>Cut to as many characters as they keep.</summary>
    static ReadOnlyMemory<byte> Shorten(ReadOnlyMemory<byte> name)
    {
        if (name.Length <= MixpanelLimits.MaxNameChars) return name;
        var chars = 0;
        for (var i = 0; i < name.Length; i++)
        {
            // Bytes 10xxxxxx continue a character.
            if ((name.Span[i] & 0xC0) == 0x80) continue;
            if (chars++ == MixpanelLimits.MaxNameChars) return name[..i];
        }
        return name;
    }

    static ReadOnlyMemory<byte> WithoutPrefix(ReadOnlyMemory<byte> deviceId) =>
        deviceId.Span.StartsWith("$device:"u8) ? deviceId["$device:".Length..] : deviceId;
}
