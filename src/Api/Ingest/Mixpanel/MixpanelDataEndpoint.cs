using Cairn.Ingestion.Mixpanel;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary><c>/track</c>, <c>/engage</c> and <c>/groups</c>: no credentials, the project is each record's token's.</summary>
/// <remarks>
/// Bad data is answered with 200 and <c>0</c>, never with a 4xx: mobile SDKs take a 4xx for a reason to send the same again, for ever.
/// Source: Mixpanel docs, "Track Events", "Set Property"; docs/wire/mixpanel.md tells what differs.
/// </remarks>
public sealed class MixpanelDataEndpoint(IIngestDoor door, TimeProvider time, MixpanelOptions options)
{
    /// <summary>Events.</summary>
    public Task<IResult> TrackAsync(HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request, ItemKind.Event, cancellationToken);

    /// <summary>User profiles.</summary>
    public Task<IResult> EngageAsync(HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request, ItemKind.ProfileUpdate, cancellationToken);

    /// <summary>Group profiles.</summary>
    public Task<IResult> GroupsAsync(HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request, ItemKind.GroupUpdate, cancellationToken);

    async Task<IResult> AnswerAsync(HttpRequest request, ItemKind kind, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        using var read = await MixpanelRequest.ReadAsync(request, time, cancellationToken);
        if (read.HasNoRoom) return MixpanelAnswers.TryLater;
        if (read.RefuseUnread() is { } refused) return refused;
        if (kind == ItemKind.Event)
        {
            read.Translate(new EventTranslator(EventRules.Track));
        }
        else
        {
            using var translator = new UpdateTranslator(kind);
            read.Translate(translator);
        }
        try
        {
            await door.AcceptAsync(read.Batch, cancellationToken);
        }
        catch (Exception e) when (e is StreamUnavailableException or StorageUnavailableException)
        {
            // Neither stream nor spool took them, or nobody can say now whose a token is.
            return MixpanelAnswers.TryLater;
        }
        return Redirection(read.Flags) ?? Answer(read, kind);
    }

    static BytesResult Answer(MixpanelRequest read, ItemKind kind)
    {
        var batch = read.Batch;
        if (kind != ItemKind.Event && read.Flags is { IsStrict: true, IsVerbose: true } && read.Fault == RejectReason.None &&
            batch.AcceptedCount < batch.RecordCount) return ImportAnswers.OfBadUpdates(batch);
        var goodCount = 0;
        var firstBad = default(Verdict);
        foreach (var verdict in batch.Verdicts)
        {
            if (verdict.CountsAsAccepted || MixpanelMessages.IsToldAsGood(verdict.Reason)) goodCount++;
            else if (firstBad.Reason == RejectReason.None) firstBad = verdict;
        }
        return goodCount > 0
            ? MixpanelAnswers.Good(read.Flags, goodCount, tellsCount: kind != ItemKind.Event)
            : MixpanelAnswers.Bad(read.Flags, firstBad.Reason, firstBad.Field);
    }

    IResult? Redirection(in MixpanelFlags flags) =>
        flags.Redirect is not null && Uri.TryCreate(flags.Redirect, UriKind.Absolute, out var target)
            && target.Scheme is "https" or "http" && options.RedirectHosts.Contains(target.Host)
            ? Results.Redirect(target.AbsoluteUri)
            : null;
}
