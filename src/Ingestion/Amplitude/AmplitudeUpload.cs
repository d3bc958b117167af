using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

/// <summary>The outside of an upload to /2/httpapi or /batch: everything but the events, whose raw array it holds.</summary>
/// <param name="ApiKey">Empty where <see cref="Fault"/> says so.</param>
/// <param name="Events">The raw JSON array.</param>
/// <param name="MinIdChars">How short an id may be.</param>
/// <param name="UploadedAtMs">The sender's clock when it sent, Unix milliseconds; 0 where it doesn't say.</param>
/// <param name="Fault">Why the request as a whole can't be taken; accepted where it can.</param>
/// <remarks>
/// Shape: <c>{"api_key": "…", "events": […], "options": {"min_id_length": 5}, "client_upload_time": "2025-06-15T12:00:00.040Z"}</c>,
/// in any order, so the array is cut out before it is read. Source: Amplitude docs, "HTTP V2 API", "Body parameters".
/// </remarks>
public readonly record struct AmplitudeUpload(
    ReadOnlyMemory<byte> ApiKey, ReadOnlyMemory<byte> Events, int MinIdChars, long UploadedAtMs, Verdict Fault)
{
    /// <summary>Reads the outside of a body.</summary>
    /// <param name="body">Inflated; must outlive the batch.</param>
    /// <param name="scratch">For texts that had to be unescaped.</param>
    public static AmplitudeUpload Read(ReadOnlyMemory<byte> body, ByteArena scratch)
    {
        body = WithoutMark(body);
        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0) return Failed(RejectReason.MissingData, "");
        if (!Utf8.IsValid(body.Span)) return Failed(RejectReason.InvalidUtf8, "");
        try
        {
            return ReadObject(body, scratch);
        }
        catch (JsonException)
        {
            return Failed(RejectReason.MalformedJson, "");
        }
    }

    static AmplitudeUpload ReadObject(ReadOnlyMemory<byte> body, ByteArena scratch)
    {
        ReadOnlyMemory<byte> apiKey = default, events = default;
        var minIdChars = AmplitudeLimits.DefaultMinIdChars;
        var uploadedAtMs = 0L;
        var reader = JsonSlice.Read(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return Failed(RejectReason.NotAnObject, "");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var isKey = name.SequenceEqual("api_key"u8);
            var isEvents = name.SequenceEqual("events"u8);
            var isOptions = name.SequenceEqual("options"u8);
            var isTime = name.SequenceEqual("client_upload_time"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, body);
            if (isKey && value.Span[0] == '"') apiKey = JsonText.Of(value, scratch);
            else if (isEvents && value.Span[0] == '[') events = value;
            else if (isOptions && value.Span[0] == '{') minIdChars = ReadMinIdChars(value);
            else if (isTime && AmplitudeClock.TryRead(value.Span, out var time)) uploadedAtMs = time;
        }
        // Only blanks may follow the object; the reader throws otherwise.
        reader.Read();
        if (apiKey.IsEmpty) return Failed(RejectReason.MissingToken, "api_key");
        if (events.IsEmpty) return Failed(RejectReason.MissingData, "events");
        return new(apiKey, events, minIdChars, uploadedAtMs, Verdict.Accepted);
    }

    static int ReadMinIdChars(ReadOnlyMemory<byte> options)
    {
        var reader = JsonSlice.Read(options);
        reader.Read();
        var chars = AmplitudeLimits.DefaultMinIdChars;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueSpan.SequenceEqual("min_id_length"u8);
            reader.Read();
            var value = JsonSlice.Value(ref reader, options).Span;
            if (isIt && Utf8Parser.TryParse(value, out int given, out var read) && read == value.Length && given >= 1) chars = given;
        }
        return chars;
    }

    static AmplitudeUpload Failed(RejectReason reason, string field) =>
        new(default, default, AmplitudeLimits.DefaultMinIdChars, 0, new Verdict(reason, field));

    // Some clients begin a body with a byte order mark, which is no JSON.
    static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
