using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Ingestion.Stages;
using Cairn.Model;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>One ingestion request on its way: its body, its switches and the batch made of it. Disposed when it is answered.</summary>
sealed class MixpanelRequest : IDisposable
{
    readonly RequestBody body;

    MixpanelRequest(RequestBody body, ItemBatch batch)
    {
        this.body = body;
        Batch = batch;
    }

    public ItemBatch Batch { get; private set; }

    /// <summary>From the URL, and from the form once the body is read.</summary>
    public MixpanelFlags Flags { get; private set; }

    /// <summary>Why nothing of the request can be taken; the batch then holds one record rejected for it, so that it is counted.</summary>
    public RejectReason Fault { get; private set; }

    MixpanelPayload Payload { get; set; }

    /// <summary>Reads and unwraps the body; nothing is translated yet, for the form may hold the credentials.</summary>
    public static async ValueTask<MixpanelRequest> ReadAsync(HttpRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        var mayHoldGzip = request.QueryString.HasValue && request.QueryString.Value.Contains("H4sI", StringComparison.Ordinal);
        var body = await IngestBody.ReadAsync(request, MixpanelLimits.Body, time, cancellationToken, mayHoldGzip);
        var read = new MixpanelRequest(body, new(Dialect.Mixpanel, time.GetUtcNow().ToUnixTimeMilliseconds()));
        read.Unwrap(request);
        return read;
    }

    /// <summary>Whether too many large bodies are in work: nothing of it was looked at.</summary>
    public bool HasNoRoom => body.HasNoRoom;

    /// <summary>The answer to a body that never came whole, by its sender's fault; nothing of it goes on. Null for one that did.</summary>
    public BytesResult? RefuseUnread()
    {
        if (Fault is not (RejectReason.BodyTooSlow or RejectReason.BrokenBody)) return null;
        IngestMeter.CountRefused(Dialect.Mixpanel, Fault);
        return MixpanelAnswers.Unread(Fault);
    }

    /// <summary>Fills the batch with the records.</summary>
    public void Translate(RecordTranslator translator)
    {
        if (Fault != RejectReason.None) return;
        var fault = MixpanelRecords.Translate(Payload, translator, Batch);
        if (fault == RejectReason.None && Batch.RecordCount == 0) fault = RejectReason.MissingData;
        if (fault != RejectReason.None) FailWhole(fault);
    }

    public void Dispose()
    {
        Batch.Dispose();
        body.Dispose();
    }

    void Unwrap(HttpRequest request)
    {
        var query = request.QueryString.Value;
        var flags = MixpanelFlags.OfQuery(query);
        var fault = body.Fault;
        if (fault == RejectReason.None)
        {
            Payload = MixpanelPayload.Unwrap(body, request.ContentType, query, keepsInvalidUtf8: flags.IsStrict, ref flags);
            fault = Payload.Fault;
        }
        Flags = flags;
        if (fault != RejectReason.None) FailWhole(fault);
    }

    void FailWhole(RejectReason fault)
    {
        Fault = fault;
        var empty = new ItemBatch(Dialect.Mixpanel, Batch.ReceivedAtMs) { RequestProject = Batch.RequestProject, Rules = Batch.Rules };
        Batch.Dispose();
        Batch = empty;
        Batch.BeginRecord();
        Batch.Reject(fault, "data");
    }
}
