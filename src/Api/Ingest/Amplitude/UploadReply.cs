using System.Buffers;
using System.Text;
using System.Text.Json;
using Cairn.Ingestion;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>
/// The JSON answers of /2/httpapi and /batch. Every one has an integer <c>code</c> equal to the HTTP status: the TypeScript and
/// Python SDKs go by the body, the others by the status, and JSON without a code is sent again.
/// </summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", "Responses"; how each SDK reads them is docs/wire/amplitude.md, "Answers".</remarks>
static class UploadReply
{
    /// <summary>200.</summary>
    /// <param name="eventCount">Events of the request, duplicates included.</param>
    /// <param name="bodyBytes">The body's length on the wire.</param>
    public static BytesResult Accepted(int eventCount, long bodyBytes, long nowMs)
    {
        var buffer = new byte[128];
        System.Text.Unicode.Utf8.TryWrite(
            buffer, $"{{\"code\":200,\"events_ingested\":{eventCount},\"payload_size_bytes\":{bodyBytes},\"server_upload_time\":{nowMs}}}", out var written);
        return new(200, MediaTypes.Json, buffer[..written]);
    }

    /// <summary>Why the request as a whole was not taken; nothing of it is stored.</summary>
    /// <param name="apiKey">As sent, for the message that SDKs know by its beginning.</param>
    public static BytesResult Refused(Verdict fault, ReadOnlySpan<byte> apiKey = default) => AmplitudeAnswers.To(fault.Reason) switch
    {
        AmplitudeAnswer.InvalidApiKey => Error(400, $"Invalid API key: {Encoding.UTF8.GetString(apiKey)}", null),
        AmplitudeAnswer.TooLarge => Error(413, "Payload too large", null),
        AmplitudeAnswer.TooSlow => Error(408, "Request timed out", null),
        AmplitudeAnswer.MissingField when fault.Field.Length == 0 => Error(400, "Missing request body", null),
        AmplitudeAnswer.MissingField => Error(400, "Request missing required field", fault.Field),
        // A fault of the request as a whole; a request whose records were all unwanted never comes here.
        AmplitudeAnswer.Accepted or AmplitudeAnswer.InvalidJson or AmplitudeAnswer.WrongChecksum or AmplitudeAnswer.InvalidField or AmplitudeAnswer.InvalidIdLength =>
            Error(400, "Invalid JSON request body", null),
    };

    /// <summary>400 that lists every event at fault, so that the SDK drops just those and sends the rest again; null where none is at fault.</summary>
    public static BytesResult? Rejected(ReadOnlySpan<Verdict> verdicts)
    {
        var faults = new EventFaults();
        for (var index = 0; index < verdicts.Length; index++)
            if (!verdicts[index].CountsAsAccepted) faults.Add(verdicts[index], index);
        if (faults.IsEmpty) return null;
        return Write(400, writer =>
        {
            writer.WriteString("error"u8, faults.HasMissing ? "Request missing required field" : "Invalid field values on some events");
            writer.WriteNull("missing_field"u8);
            faults.Write(writer);
        });
    }

    /// <summary>503: not stored, send again.</summary>
    public static BytesResult NotStored() => Error(503, "Service unavailable: not all of this request is stored, send it again", null);

    /// <summary>429 that names every event as throttled: SDKs hold the queue for 30 seconds a try, where a 503 is given up after a minute.</summary>
    /// <param name="eventsPerSecond">The threshold the vendor names for this endpoint.</param>
    public static BytesResult Throttled(int eventCount, int eventsPerSecond) => Write(429, writer =>
    {
        writer.WriteString("error"u8, "Too many requests for some devices and users"u8);
        writer.WriteNumber("eps_threshold"u8, eventsPerSecond);
        foreach (var name in (ReadOnlySpan<string>)["throttled_devices", "throttled_users", "exceeded_daily_quota_devices", "exceeded_daily_quota_users"])
        {
            writer.WriteStartObject(name);
            writer.WriteEndObject();
        }
        writer.WriteStartArray("throttled_events"u8);
        for (var index = 0; index < eventCount; index++) writer.WriteNumberValue(index);
        writer.WriteEndArray();
    });

    static BytesResult Error(int code, string error, string? missingField) => Write(code, writer =>
    {
        writer.WriteString("error"u8, error);
        if (code == 400) writer.WriteString("missing_field"u8, missingField);
    });

    static BytesResult Write(int code, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, code);
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return new(code, MediaTypes.Json, buffer.WrittenSpan.ToArray());
    }
}
