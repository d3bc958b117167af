using Cairn.Ingestion.Amplitude;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>POST /2/httpapi and POST /batch, which every Amplitude SDK since 2020 sends to.</summary>
/// <remarks>
/// All or nothing, as the vendor does: if one event is at fault, the answer is a 400 that lists all that are, and nothing is stored; the
/// SDK drops those and sends the rest again. Source: docs/wire/amplitude.md.
/// </remarks>
public sealed class AmplitudeUploads(IIngestDoor door, IProjectDirectory projects, Outage outage, TimeProvider time)
{
    /// <summary>An outage longer than this is answered so that SDKs wait instead of counting tries.</summary>
    static readonly TimeSpan LongOutage = TimeSpan.FromSeconds(10);

    /// <summary>What the SDK is told to mend and send again must not be stored before.</summary>
    internal static readonly DoorRules Rules = new(TakesAllOrNothing: true);

    static readonly BodyLimits HttpApiLimits = BodyLimits.OfBytes(AmplitudeLimits.MaxBodyBytes);
    static readonly BodyLimits BatchLimits = BodyLimits.OfBytes(AmplitudeLimits.MaxBatchBodyBytes);

    /// <summary>POST /2/httpapi: at most 1 MB.</summary>
    public Task<IResult> HttpApiAsync(HttpRequest request, CancellationToken cancellationToken) =>
        UploadAsync(request, HttpApiLimits, eventsPerSecond: 30, cancellationToken);

    /// <summary>POST /batch: the same at most 20 MB. A body without <c>events</c> (PostHog sends <c>batch</c> to this path) is answered as lacking them.</summary>
    public Task<IResult> BatchAsync(HttpRequest request, CancellationToken cancellationToken) =>
        UploadAsync(request, BatchLimits, eventsPerSecond: 1000, cancellationToken);

    async Task<IResult> UploadAsync(HttpRequest request, BodyLimits limits, int eventsPerSecond, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        using var body = await IngestBody.ReadAsync(request, limits, time, cancellationToken);
        if (body.HasNoRoom) return UploadReply.NotStored();
        if (body.Fault != RejectReason.None) return Refuse(new(body.Fault, ""));
        Utf8Text.RepairEscapes(body.Bytes.Span);

        using var batch = new ItemBatch(Dialect.Amplitude, time.GetUtcNow().ToUnixTimeMilliseconds()) { Rules = Rules };
        var upload = AmplitudeUpload.Read(body.Bytes, batch.Scratch);
        if (!upload.Fault.IsAccepted) return Refuse(upload.Fault);

        using var translator = new AmplitudeTranslator(batch, new(batch.ReceivedAtMs, upload.UploadedAtMs), upload.MinIdChars);
        try
        {
            batch.RequestProject = await projects.FindByTokenAsync(upload.ApiKey, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // Nobody can say now whose the key is. The events are read only to be counted, for a 429 names each.
            translator.AddEvents(upload.Events);
            return NotStored(batch, eventsPerSecond);
        }
        if (batch.RequestProject is null) return Refuse(new(RejectReason.UnknownToken, "api_key"), upload.ApiKey.Span);
        var fault = translator.AddEvents(upload.Events);
        if (!fault.IsAccepted) return Refuse(fault);
        if (UploadReply.Rejected(batch.Verdicts) is { } rejected)
        {
            IngestMeter.CountRejected(batch);
            return rejected;
        }
        try
        {
            await door.AcceptAsync(batch, cancellationToken);
        }
        catch (Exception e) when (e is StreamUnavailableException or StorageUnavailableException)
        {
            return NotStored(batch, eventsPerSecond);
        }
        outage.Ended();
        // What only the stages find is told as well, and keeps the rest from being stored just so.
        return UploadReply.Rejected(batch.Verdicts)
            ?? UploadReply.Accepted(batch.RecordCount, request.ContentLength ?? body.Bytes.Length, batch.ReceivedAtMs);
    }

    static BytesResult Refuse(Verdict fault, ReadOnlySpan<byte> apiKey = default)
    {
        IngestMeter.CountRefused(Dialect.Amplitude, fault.Reason);
        return UploadReply.Refused(fault, apiKey);
    }

    /// <summary>Nothing is stored, and the SDK keeps its events: at first for another try, then for longer ones.</summary>
    BytesResult NotStored(ItemBatch batch, int eventsPerSecond) =>
        outage.Failed() < LongOutage ? UploadReply.NotStored() : UploadReply.Throttled(batch.RecordCount, eventsPerSecond);
}
