using Cairn.Ingestion.Amplitude;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>The endpoints that take one JSON text in a form field or in the query: /identify, /groupidentify, /attribution, /usermap and /httpapi.</summary>
/// <remarks>All or nothing: the first record at fault is named and nothing is stored. Source: docs/wire/amplitude.md, "Forms".</remarks>
public sealed class AmplitudeForms(IIngestDoor door, IProjectDirectory projects, TimeProvider time)
{
    internal static readonly BodyLimits Limits = BodyLimits.OfBytes(AmplitudeLimits.MaxBodyBytes);

    public Task<IResult> IdentifyAsync(HttpRequest request, CancellationToken cancellationToken) =>
        TakeAsync(request, "identification", static (json, batch) => Translate(json, batch, static (one, json) => one.AddIdentifications(json)), cancellationToken);

    public Task<IResult> GroupIdentifyAsync(HttpRequest request, CancellationToken cancellationToken) =>
        TakeAsync(request, "identification", static (json, batch) => Translate(json, batch, static (one, json) => one.AddGroupIdentifications(json)), cancellationToken);

    public Task<IResult> AttributionAsync(HttpRequest request, CancellationToken cancellationToken) =>
        TakeAsync(request, "event", static (json, batch) => Translate(json, batch, static (one, json) => one.AddAttributions(json)), cancellationToken);

    public Task<IResult> UserMapAsync(HttpRequest request, CancellationToken cancellationToken) =>
        TakeAsync(request, "mapping", UserMappings.Add, cancellationToken);

    /// <summary>/httpapi, the API before HTTP V2: <c>event</c> holds one event or a list.</summary>
    public Task<IResult> HttpApiAsync(HttpRequest request, CancellationToken cancellationToken) =>
        TakeAsync(request, "event", static (json, batch) => Translate(json, batch, static (one, json) => one.AddEvents(json)), cancellationToken);

    async Task<IResult> TakeAsync(HttpRequest request, string field, Func<ReadOnlyMemory<byte>, ItemBatch, Verdict> translate, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        using var form = await IngestForm.ReadAsync(request, Limits, time, cancellationToken);
        if (form.HasNoRoom) return FormReply.NotStored();
        if (form.Fault != RejectReason.None) return FormReply.Refused(form.Fault, "");
        var apiKey = form.Take("api_key");
        if (apiKey.IsEmpty) return FormReply.Refused(RejectReason.MissingToken, "api_key");
        if (form.TakeJson(field) is not { } json) return FormReply.Refused(RejectReason.InvalidUtf8, field);
        if (json.IsEmpty) return FormReply.Refused(RejectReason.MissingData, field);

        using var batch = new ItemBatch(Dialect.Amplitude, time.GetUtcNow().ToUnixTimeMilliseconds()) { Rules = AmplitudeUploads.Rules };
        try
        {
            batch.RequestProject = await projects.FindByTokenAsync(apiKey, cancellationToken);
            if (batch.RequestProject is null) return FormReply.Refused(RejectReason.UnknownToken, "api_key");
            var fault = translate(json, batch);
            if (!fault.IsAccepted) return FormReply.Refused(fault.Reason, fault.Field);
            if (FirstFault(batch) is { } before)
            {
                IngestMeter.CountRejected(batch);
                return FormReply.Of(before);
            }
            await door.AcceptAsync(batch, cancellationToken);
        }
        catch (Exception e) when (e is StreamUnavailableException or StorageUnavailableException)
        {
            // Neither stream nor spool took them, or nobody can say now whose the key is.
            return FormReply.NotStored();
        }
        return FirstFault(batch) is { } after ? FormReply.Of(after) : FormReply.Accepted();
    }

    static Verdict Translate(ReadOnlyMemory<byte> json, ItemBatch batch, Func<AmplitudeTranslator, ReadOnlyMemory<byte>, Verdict> add)
    {
        // These endpoints have no clock of the sender's to compare with, and no option for shorter ids.
        using var translator = new AmplitudeTranslator(batch, new(batch.ReceivedAtMs, UploadedAtMs: 0), AmplitudeLimits.DefaultMinIdChars, FieldNames.Forms);
        return add(translator, json);
    }

    static Verdict? FirstFault(ItemBatch batch)
    {
        foreach (var verdict in batch.Verdicts)
            if (!verdict.CountsAsAccepted) return verdict;
        return null;
    }
}
