using Cairn.Api.Authorization;
using Cairn.Ingestion.Mixpanel;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary><c>/import</c>: events of any age, for the project that the credentials are for.</summary>
/// <remarks>
/// Credentials: a service account, a project's secret (<c>secret:</c>), its token (<c>token:</c>), the admin key with
/// <c>project_id</c>, or either of the latter two of a project as <c>api_key</c> (node, Python, Ruby). Tokens in the records decide nothing.
/// Source: Mixpanel docs, "Import Events".
/// </remarks>
public sealed class MixpanelImportEndpoint(
    IIngestDoor door, RequestAuthorization authorization, IAccessControl accessControl, TimeProvider time)
{
    static readonly DoorRules Lenient = new();
    static readonly DoorRules Strict = new(RequiresTime: true, RequiresInsertId: true, RejectsFuture: true, RejectsBlockedIds: true);

    public async Task<IResult> ImportAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        using var read = await MixpanelRequest.ReadAsync(request, time, cancellationToken);
        if (read.HasNoRoom) return ImportAnswers.TryLater;
        try
        {
            var (project, denial) = await ProjectAsync(request, read.Flags, cancellationToken);
            if (project is null)
            {
                IngestMeter.CountRefused(Dialect.Mixpanel, RejectReason.InvalidCredentials);
                return denial!;
            }
            if (read.RefuseUnread() is { } refused) return refused;

            read.Batch.RequestProject = project;
            read.Batch.Rules = read.Flags.IsStrict ? Strict : Lenient;
            read.Translate(new EventTranslator(new(read.Flags.IsStrict, AllowsMerge: true, project.IdentityMode)));
            await door.AcceptAsync(read.Batch, cancellationToken);
        }
        catch (Exception e) when (e is StreamUnavailableException or StorageUnavailableException)
        {
            // Neither stream nor spool took them, or nobody can check credentials now.
            return ImportAnswers.TryLater;
        }
        return read.Fault == RejectReason.None ? ImportAnswers.Of(read.Batch, read.Flags) : ImportAnswers.OfFault(read.Fault, read.Flags);
    }

    async ValueTask<(IngestProject? Project, IResult? Denial)> ProjectAsync(
        HttpRequest request, MixpanelFlags flags, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization.Count == 0 && flags.ApiKey is { } apiKey)
        {
            var access = await accessControl.AuthenticateAsync(apiKey, "", cancellationToken);
            if (access?.Project is { } own && (flags.ProjectId is null || flags.ProjectId == own.ProjectId)) return (own, null);
            return (null, Denials.MixpanelImport(request, access is null ? DenialReason.Wrong : DenialReason.OtherProject, Role.Writer));
        }
        var caller = await authorization.CheckAsync(request, Role.Writer, Denials.MixpanelImport, cancellationToken, flags.ProjectId);
        return caller.IsDenied(out var denial) ? (null, denial) : (caller.Project, null);
    }
}
