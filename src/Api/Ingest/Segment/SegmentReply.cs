using System.Buffers;
using System.Text.Json;
using Cairn.Ingestion;

namespace Cairn.Api.Ingest.Segment;

/// <summary>The JSON answers of the tracking endpoints. SDKs look at the status only; people with curl read the rest.</summary>
static class SegmentReply
{
    /// <summary>
    /// Seconds to wait before sending again: Segment's SDKs wait as told, at most 300, and don't count such a try. Long enough for a
    /// stream to come back, short enough for a page to live to see it.
    /// </summary>
    const string RetryAfterSeconds = "10";

    static readonly BytesResult Success = new(200, MediaTypes.Json, "{\"success\":true}");

    /// <summary>What became of a request that the door has seen.</summary>
    public static BytesResult Judged(ReadOnlySpan<Verdict> verdicts)
    {
        int rejected = 0, unauthorized = 0;
        foreach (var verdict in verdicts)
        {
            if (verdict.CountsAsAccepted) continue;
            var answer = SegmentAnswers.To(verdict.Reason);
            if (answer == SegmentAnswer.Unauthorized) unauthorized++;
            if (answer != SegmentAnswer.Accepted) rejected++;
        }
        if (rejected == 0) return Success;
        if (unauthorized == verdicts.Length) return Refused(verdicts[0]);
        return List(verdicts);
    }

    /// <summary>Why the request as a whole was not taken; nothing of it is stored.</summary>
    public static BytesResult Refused(Verdict fault) => SegmentAnswers.To(fault.Reason) switch
    {
        SegmentAnswer.Accepted => Success,
        SegmentAnswer.Unauthorized when fault.Reason == RejectReason.MissingToken => Error(401, "Write key missing: send it as the user of Basic authorization or as writeKey"),
        SegmentAnswer.Unauthorized => Error(401, "Unknown write key"),
        SegmentAnswer.TooLarge => Error(400, "Exceed payload limit"),
        SegmentAnswer.TooSlow => Error(408, "Request timed out"),
        SegmentAnswer.Rejected when fault.Field.Length > 0 => Error(400, $"Invalid {fault.Field}"),
        SegmentAnswer.Rejected or SegmentAnswer.InvalidJson => Error(400, "Invalid JSON"),
    };

    /// <summary>429 with Retry-After: not stored, send again.</summary>
    public static BytesResult NotStored() =>
        new(429, MediaTypes.Json, """{"success":false,"message":"Not all of this request is stored, send it again"}""") { RetryAfterSeconds = RetryAfterSeconds };

    static BytesResult List(ReadOnlySpan<Verdict> verdicts)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WriteStartArray("rejected"u8);
        for (var index = 0; index < verdicts.Length; index++)
        {
            if (verdicts[index].CountsAsAccepted || SegmentAnswers.To(verdicts[index].Reason) == SegmentAnswer.Accepted) continue;
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, index);
            writer.WriteString("reason"u8, verdicts[index].Reason.ToString());
            writer.WriteString("field"u8, verdicts[index].Field);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return new(200, MediaTypes.Json, buffer.WrittenSpan.ToArray());
    }

    static BytesResult Error(int status, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, false);
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
        writer.Flush();
        return new(status, MediaTypes.Json, buffer.WrittenSpan.ToArray());
    }
}
