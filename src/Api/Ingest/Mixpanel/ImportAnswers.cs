using System.Buffers;
using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Ingestion.Mixpanel;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>The answers of <c>/import</c>, and of strict requests to <c>/engage</c> and <c>/groups</c>.</summary>
/// <remarks>
/// <code>
/// request              all good            some bad            nothing good
/// strict=1             200 code, OK        400 failed_records  400 failed_records
/// strict=1&amp;verbose=1  200 code, status 1  400 failed_records  400 failed_records
/// verbose=1            200 code, status 1  200 the same        200 status 0
/// neither              1                   1                   0
/// </code>
/// Source: Mixpanel docs, "Import Events"; the clients mixpanel-go, mixpanel-import and sheets.
/// </remarks>
static class ImportAnswers
{
    const string Json = "application/json";
    const string SomeFailed = "some data points in the request failed validation";

    static readonly JsonWriterOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Not stored, and not the sender's fault; tools back off and send again.</summary>
    public static BytesResult TryLater { get; } =
        new(503, Json, """{"code":503,"error":"not all of it is stored, send it again later","status":"Service Unavailable"}""") { RetryAfterSeconds = "10" };

    /// <summary>A batch of <c>/import</c> was judged and stored; it has at least one record.</summary>
    public static BytesResult Of(ItemBatch batch, in MixpanelFlags flags)
    {
        var good = batch.AcceptedCount;
        if (flags.IsStrict && good < batch.RecordCount) return new(400, Json, Failures(batch, good, 400, "num_records_imported"u8));
        if (!flags.IsVerbose && !flags.IsStrict) return MixpanelAnswers.Bare(good > 0);
        if (!flags.IsVerbose) return new(200, Json, $$"""{"code":200,"num_records_imported":{{good}},"status":"OK"}""");
        return good > 0
            ? new(200, Json, $$"""{"code":200,"error":null,"num_records_imported":{{good}},"status":1}""")
            : new(200, Json, $$"""{"code":200,"error":"{{SomeFailed}}","num_records_imported":0,"status":0}""");
    }

    /// <summary>A strict, verbose request to <c>/engage</c> or <c>/groups</c> had bad records: told with 200, for SDKs keep a 400 for ever.</summary>
    public static BytesResult OfBadUpdates(ItemBatch batch) =>
        new(200, Json, Failures(batch, batch.AcceptedCount, 200, "num_good_events"u8));

    /// <summary>The request as a whole could not be read.</summary>
    public static BytesResult OfFault(RejectReason fault, in MixpanelFlags flags)
    {
        var message = MixpanelMessages.Of(fault, "data");
        // Too much is told by status whatever was asked for: tools send again in smaller pieces.
        if (fault is RejectReason.BodyTooLarge or RejectReason.InflatedTooLarge or RejectReason.TooManyItems)
            return new(413, Json, $$"""{"code":413,"error":{{MixpanelAnswers.Quote(message)}},"status":"Request Entity Too Large"}""");
        if (flags.IsStrict) return new(400, Json, $$"""{"code":400,"error":{{MixpanelAnswers.Quote(message)}},"failed_records":[],"num_records_imported":0,"status":"Bad Request"}""");
        return flags.IsVerbose
            ? new(200, Json, $$"""{"code":200,"error":{{MixpanelAnswers.Quote(message)}},"num_records_imported":0,"status":0}""")
            : MixpanelAnswers.Bare(isGood: false);
    }

    static byte[] Failures(ItemBatch batch, int good, int code, ReadOnlySpan<byte> countName)
    {
        var insertIds = new ReadOnlyMemory<byte>[batch.RecordCount];
        foreach (ref readonly var item in batch.Items)
            if (!item.InsertId.IsEmpty) insertIds[item.RecordIndex] = item.InsertId;

        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Writing))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code"u8, code);
            writer.WriteString("error"u8, SomeFailed);
            writer.WriteStartArray("failed_records"u8);
            for (var index = 0; index < batch.RecordCount; index++)
            {
                var verdict = batch.Verdicts[index];
                if (verdict.CountsAsAccepted) continue;
                writer.WriteStartObject();
                writer.WriteNumber("index"u8, index);
                // The reference calls it insert_id, a page of prose $insert_id; clients read either.
                writer.WriteString("insert_id"u8, insertIds[index].Span);
                writer.WriteString("$insert_id"u8, insertIds[index].Span);
                writer.WriteString("field"u8, verdict.Field);
                writer.WriteString("message"u8, MixpanelMessages.Of(verdict.Reason, verdict.Field));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteNumber(countName, good);
            if (code == 200) writer.WriteNumber("status"u8, good > 0 ? 1 : 0);
            else writer.WriteString("status"u8, "Bad Request"u8);
            writer.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }
}
