using System.Text;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Segment;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Segment;

/// <summary>POST /v1/track and its kin, which Segment's and RudderStack's SDKs send to.</summary>
/// <remarks>
/// The body is read by what it is: JSON under text/plain, gzip under a form's content type (RudderStack), a batch on any path.
/// Source: docs/wire/segment.md.
/// </remarks>
public sealed class SegmentTracking(IIngestDoor door, IProjectDirectory projects, TimeProvider time)
{
    static readonly BodyLimits Limits = BodyLimits.OfBytes(SegmentLimits.MaxBodyBytes);
    static readonly BytesResult Unread = new(200, MediaTypes.Json, "{\"success\":true}");

    /// <summary>POST /v1/track, /v1/t, /v1/batch, …</summary>
    /// <param name="path">The last segment of the path: it says the call where a message doesn't. 404 for any that is not the API's.</param>
    public async Task<IResult> TrackAsync(HttpRequest request, string path, CancellationToken cancellationToken)
    {
        if (!TryReadCall(path, out var call)) return Results.NotFound();
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        using var body = await IngestBody.ReadAsync(request, Limits, time, cancellationToken);
        if (body.HasNoRoom) return SegmentReply.NotStored();
        if (body.Fault != RejectReason.None) return Refuse(new(body.Fault, ""));
        Utf8Text.RepairEscapes(body.Bytes.Span);

        using var batch = new ItemBatch(Dialect.Segment, time.GetUtcNow().ToUnixTimeMilliseconds());
        using var translator = new SegmentTranslator(batch);
        var fault = translator.Add(body.Bytes, call, out var writeKey);
        if (!fault.IsAccepted) return Refuse(fault);
        var basicKey = BasicUser(request.Headers.Authorization);
        try
        {
            batch.RequestProject = await FindAsync(basicKey, cancellationToken) ?? await FindAsync(writeKey, cancellationToken);
            // A browser's batch has its key in each message; then the stages look it up there.
            var hasKey = basicKey.Length > 0 || !writeKey.IsEmpty;
            if (batch.RequestProject is null && hasKey) return Refuse(new(RejectReason.UnknownToken, "writeKey"));
            await door.AcceptAsync(batch, cancellationToken);
        }
        catch (Exception e) when (e is StreamUnavailableException or StorageUnavailableException)
        {
            // Neither stream nor spool took them, or nobody can say now whose the key is.
            return SegmentReply.NotStored();
        }
        return SegmentReply.Judged(batch.Verdicts);
    }

    /// <summary>POST /v1/m, the browser SDK's counters of itself: thrown away unread. The settings ask for none.</summary>
    public static IResult Metrics(HttpRequest request) => Cors.TryAnswerPreflight(request.HttpContext) ? Results.Empty : Unread;

    static BytesResult Refuse(Verdict fault)
    {
        IngestMeter.CountRefused(Dialect.Segment, fault.Reason);
        return SegmentReply.Refused(fault);
    }

    async ValueTask<IngestProject?> FindAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        key.IsEmpty ? null : await projects.FindByTokenAsync(key, cancellationToken);

    /// <summary>The user of Basic authorization; empty where there is none. The colon may be missing, as the vendor forgives it.</summary>
    static byte[] BasicUser(string? authorization)
    {
        const string Scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return [];
        var text = Encoding.ASCII.GetBytes(authorization[Scheme.Length..]);
        var length = Base64Text.DecodeInPlace(text);
        if (length <= 0) return [];
        var colon = text.AsSpan(0, length).IndexOf((byte)':');
        return text[..(colon < 0 ? length : colon)];
    }

    static bool TryReadCall(string path, out SegmentCall call)
    {
        call = path switch
        {
            "track" or "t" => SegmentCall.Track,
            "identify" or "i" => SegmentCall.Identify,
            "page" or "p" => SegmentCall.Page,
            "screen" or "s" => SegmentCall.Screen,
            "group" or "g" => SegmentCall.Group,
            "alias" or "a" => SegmentCall.Alias,
            _ => SegmentCall.Unknown,
        };
        // A batch or an import leaves it to its messages.
        return call != SegmentCall.Unknown || path is "batch" or "b" or "import";
    }
}
