using System.Diagnostics.CodeAnalysis;
using Cairn.Ingestion;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Authorization;

/// <summary>The door of every route that needs credentials: who asks, for which project, and whether the role allows it.</summary>
/// <remarks>
/// <code>
/// var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.Mixpanel, cancellationToken);
/// if (caller.IsDenied(out var denial)) return denial;
/// Answer(caller.Project);
/// </code>
/// </remarks>
public sealed class RequestAuthorization(IAccessControl accessControl, IProjectDirectory projects)
{
    /// <summary>For one project: the one its credentials are for; the admin key names it by <c>project_id</c> (route, else query).</summary>
    /// <param name="projectId">The project the request names, where the caller has read it from elsewhere (a form); null: from route or query.</param>
    public async ValueTask<Caller> CheckAsync(
        HttpRequest request, Role needed, Deny deny, CancellationToken cancellationToken, string? projectId = null)
    {
        var (access, reason) = await AuthenticateAsync(request, needed, cancellationToken);
        if (access is null) return Caller.Denied(deny(request, reason, needed));

        var named = projectId ?? NamedProject(request);
        if (access.Project is { } own)
            return named is null || named == own.ProjectId ? Caller.Allowed(access, own) : Caller.Denied(deny(request, DenialReason.OtherProject, needed));

        if (named is null) return Caller.Denied(deny(request, DenialReason.NoProject, needed));
        return await projects.FindByIdAsync(named, cancellationToken) is { } project
            ? Caller.Allowed(access with { Project = project }, project)
            : Caller.Denied(deny(request, DenialReason.UnknownProject, needed));
    }

    /// <summary>For the deployment as a whole: only a credential that is for all projects, unless <paramref name="allowsOneProject"/>.</summary>
    public async ValueTask<Caller> CheckDeploymentAsync(
        HttpRequest request, Role needed, bool allowsOneProject, CancellationToken cancellationToken)
    {
        var (access, reason) = await AuthenticateAsync(request, needed, cancellationToken);
        if (access is null) return Caller.Denied(Denials.V1(request, reason, needed));
        return access.Project is null || allowsOneProject
            ? Caller.Allowed(access, access.Project)
            : Caller.Denied(Denials.V1(request, DenialReason.OtherProject, needed));
    }

    async ValueTask<(Access? Access, DenialReason Reason)> AuthenticateAsync(HttpRequest request, Role needed, CancellationToken cancellationToken)
    {
        var credentials = PresentedCredentials.Of(request);
        if (credentials is null) return (null, DenialReason.Missing);
        if (credentials is PresentedCredentials.Cookie && !OwnPage.MaySend(request)) return (null, DenialReason.ForeignPage);
        var access = credentials switch
        {
            PresentedCredentials.Basic basic => await accessControl.AuthenticateAsync(basic.User, basic.Password, cancellationToken),
            PresentedCredentials.Bearer bearer => await accessControl.AuthenticateBearerAsync(bearer.Text, cancellationToken),
            PresentedCredentials.Cookie cookie => await accessControl.AuthenticateBearerAsync(cookie.Session, cancellationToken),
            _ => throw new NotSupportedException($"Credentials of the kind {credentials.GetType().Name} have no check."),
        };
        if (access is null) return (null, DenialReason.Wrong);
        return access.Role >= needed ? (access, default) : (null, DenialReason.RoleTooLow);
    }

    static string? NamedProject(HttpRequest request)
    {
        if (request.RouteValues.TryGetValue("projectId", out var routed) && routed is string fromRoute) return fromRoute;
        var named = request.Query["project_id"];
        return named.Count == 0 || string.IsNullOrEmpty(named[0]) ? null : named[0];
    }
}

/// <summary>What the door found: access, or the answer that turns the request away.</summary>
public readonly struct Caller
{
    readonly IResult? _denial;
    readonly Access? _access;
    readonly IngestProject? _project;

    Caller(IResult? denial, Access? access, IngestProject? project) => (_denial, _access, _project) = (denial, access, project);

    /// <summary>What the caller may do.</summary>
    public Access Access => _access ?? throw new InvalidOperationException("This request was turned away.");

    /// <summary>The project it is for.</summary>
    public IngestProject Project => _project ?? throw new InvalidOperationException("This request is for no single project.");

    public static Caller Allowed(Access access, IngestProject? project) => new(null, access, project);

    public static Caller Denied(IResult denial) => new(denial, null, null);

    /// <summary>Whether to answer with <paramref name="denial"/> and do nothing else.</summary>
    public bool IsDenied([NotNullWhen(true)] out IResult? denial)
    {
        denial = _denial;
        return denial is not null;
    }
}
