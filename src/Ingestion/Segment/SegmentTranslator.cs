using System.Text.Json;
using System.Text.Unicode;
using Cairn.Ingestion.Clock;
using Cairn.Ingestion.Json;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Segment;

/// <summary>Turns Segment's messages, and RudderStack's, into items: one record of the batch for each message, rejected or translated whole.</summary>
/// <remarks>
/// <c>track</c>, <c>page</c> and <c>screen</c> give an event, <c>identify</c> a profile update, <c>group</c> a group update and the
/// membership on the user, <c>alias</c> a link claim; those of them that name both an anonymous and a known user claim that link first.
/// Texts stay slices of the body. Source: docs/wire/segment.md.
/// </remarks>
public sealed partial class SegmentTranslator(ItemBatch batch) : IDisposable
{
    static readonly ReadOnlyMemory<byte> LoadedAPage = "Loaded a Page"u8.ToArray();
    static readonly ReadOnlyMemory<byte> LoadedAScreen = "Loaded a Screen"u8.ToArray();

    readonly JsonBuffer buffer = new();
    readonly MessageBody body = new();
    readonly ContextProperties context = new();
    readonly SegmentClock clock = new(batch.ReceivedAtMs);

    // What the current record is about, read once and shared by its items.
    MessageFields message;
    ReadOnlyMemory<byte> userId, deviceId, distinctId;
    long timeMs, sentTimeMs;

    // What a batch says for all its messages, read once.
    readonly ContextProperties batchContext = new();
    long batchSentAtMs;

    /// <summary>Translates a body: a batch, or a single message.</summary>
    /// <param name="body">Inflated; must outlive the batch.</param>
    /// <param name="byPath">What the path asks for; a message's own type comes first.</param>
    /// <param name="writeKey">The key the body carries for all its messages; empty where it carries none.</param>
    /// <returns>Accepted, or why the body as a whole can't be taken.</returns>
    public Verdict Add(ReadOnlyMemory<byte> body, SegmentCall byPath, out ReadOnlyMemory<byte> writeKey)
    {
        writeKey = default;
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0) return new(RejectReason.MissingData, "");
        if (!Utf8.IsValid(body.Span)) return new(RejectReason.InvalidUtf8, "");
        try
        {
            var reader = JsonSlice.Read(body);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return new(RejectReason.NotAnObject, "");
            var outside = MessageFields.Read(ref reader, body);
            // Only blanks may follow the object; the reader throws otherwise.
            reader.Read();
            writeKey = TextOf(outside.WriteKey);
            if (outside.Batch.Span is [(byte)'[', ..]) return AddBatch(outside, byPath);
            if (!outside.Batch.IsEmpty) return new(RejectReason.InvalidType, "batch");
            batch.BeginRecord();
            message = outside;
            AddMessage(byPath, body.Length);
            return Verdict.Accepted;
        }
        catch (JsonException)
        {
            return new(RejectReason.MalformedJson, "");
        }
    }

    /// <summary>Gives the pooled buffer back; the batch keeps what was composed.</summary>
    public void Dispose() => buffer.Dispose();

    Verdict AddBatch(MessageFields outside, SegmentCall byPath)
    {
        batchContext.Add(outside.Context, batch.Scratch);
        batchSentAtMs = ReadTime(outside.SentAt);
        var json = outside.Batch;
        var reader = JsonSlice.Read(json);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (batch.RecordCount == SegmentLimits.MaxMessagesPerRequest) return new(RejectReason.TooManyItems, "batch");
            batch.BeginRecord();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                JsonSlice.Value(ref reader, json);
                batch.Reject(RejectReason.NotAnObject, "batch");
                continue;
            }
            var start = reader.TokenStartIndex;
            message = MessageFields.Read(ref reader, json);
            AddMessage(byPath, reader.BytesConsumed - start);
        }
        return Verdict.Accepted;
    }

    void AddMessage(SegmentCall byPath, long messageBytes)
    {
        var call = CallOf(message.Type.Span, byPath);
        if (messageBytes > SegmentLimits.MaxMessageBytes) batch.Reject(RejectReason.RecordTooLarge, "batch");
        else if (call == SegmentCall.Unknown) batch.Reject(RejectReason.UnknownOperation, "type");
        else if (message.TooDeep is { } container) batch.Reject(RejectReason.TooDeep, container);
        else if (IsNoObject(message.Properties)) batch.Reject(RejectReason.InvalidType, "properties");
        else if (IsNoObject(message.Traits)) batch.Reject(RejectReason.InvalidType, "traits");
        else if (ReadWho()) AddCall(call);
    }

    void AddCall(SegmentCall call)
    {
        ReadContext();
        ReadTimes();
        if (call is SegmentCall.Identify or SegmentCall.Group) AddLinkClaim();
        switch (call)
        {
            case SegmentCall.Track: AddTrack(); break;
            case SegmentCall.Page: AddEvent(LoadedAPage, isPage: true); break;
            case SegmentCall.Screen: AddEvent(LoadedAScreen, isPage: true); break;
            case SegmentCall.Identify: AddIdentify(); break;
            case SegmentCall.Group: AddGroup(); break;
            case SegmentCall.Alias: AddAlias(); break;
            default: throw new ArgumentOutOfRangeException(nameof(call), call, "turned away before");
        }
    }

    void AddTrack()
    {
        var name = TextOf(message.Event);
        if (name.IsEmpty) batch.Reject(RejectReason.MissingName, "event");
        else if (Utf8Length.CountChars(name.Span) > SegmentLimits.MaxNameChars) batch.Reject(RejectReason.NameTooLong, "event");
        else AddEvent(name, isPage: false);
    }

    void AddEvent(ReadOnlyMemory<byte> name, bool isPage)
    {
        var properties = body.Compose(
            message.Properties, isPage ? Scalar(message.Name) : default, isPage ? Scalar(message.Category) : default, context, buffer, batch.Scratch);
        ref var item = ref Add(ItemKind.Event);
        item.Name = name;
        item.SessionId = SessionId();
        item.Body = properties;
        if (!context.GroupId.IsEmpty) item.Groups = GroupsOf(context.GroupId);
    }

    ref Item Add(ItemKind kind)
    {
        ref var item = ref batch.Add(kind);
        item.TimeMs = timeMs;
        item.SentTimeMs = sentTimeMs;
        item.Token = TextOf(message.WriteKey);
        item.DistinctId = distinctId;
        item.DeviceId = deviceId;
        item.UserId = userId;
        item.InsertId = TextOf(message.MessageId);
        item.Sdk = context.Sdk(batch.Scratch);
        return ref item;
    }

    ReadOnlyMemory<byte> SessionId()
    {
        if (!context.SessionId.IsEmpty) return TextOf(context.SessionId);
        if (message.Integrations.IsEmpty) return default;
        var session = TextOf(IntegrationSession.Find(message.Integrations));
        return session.Span.SequenceEqual("-1"u8) ? default : session;
    }

    static SegmentCall CallOf(ReadOnlySpan<byte> type, SegmentCall byPath) => type switch
    {
        [] => byPath,
        _ when type.SequenceEqual("\"track\""u8) => SegmentCall.Track,
        _ when type.SequenceEqual("\"identify\""u8) => SegmentCall.Identify,
        _ when type.SequenceEqual("\"page\""u8) => SegmentCall.Page,
        _ when type.SequenceEqual("\"screen\""u8) => SegmentCall.Screen,
        _ when type.SequenceEqual("\"group\""u8) => SegmentCall.Group,
        _ when type.SequenceEqual("\"alias\""u8) => SegmentCall.Alias,
        _ => SegmentCall.Unknown,
    };

    static bool IsNoObject(ReadOnlyMemory<byte> value) => !value.IsEmpty && value.Span[0] != '{';

    static ReadOnlyMemory<byte> Scalar(ReadOnlyMemory<byte> value) =>
        value.Span is [] or [(byte)'{', ..] or [(byte)'[', ..] ? default : value;

    // A text's inside or a number's digits; empty for anything else.
    ReadOnlyMemory<byte> TextOf(ReadOnlyMemory<byte> token) => token.Span switch
    {
        [(byte)'"', ..] => JsonText.Of(token, batch.Scratch),
        [(byte)'-' or >= (byte)'0' and <= (byte)'9', ..] => token,
        _ => default,
    };
}
