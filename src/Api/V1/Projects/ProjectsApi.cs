using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Api.V1.Keys;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Projects;

/// <summary><c>/api/v1/projects</c>: make, list and change projects. docs/operations/projects.md has a line of curl for each.</summary>
public sealed class ProjectsApi(ProjectStore projects, ProjectKeys keys, RequestAuthorization authorization)
{
    /// <summary>POST: a new project with one write token of each kind; only with the admin key.</summary>
    public Task<IResult> CreateAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckDeploymentAsync(request, Role.Admin, allowsOneProject: false, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (body, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        var (settings, errors) = ProjectBody.Read(body, isNew: true);
        if (errors.Count > 0) return Problem.InvalidField(errors);

        var project = await projects.CreateAsync(settings, cancellationToken);
        var tokens = new List<TokenAnswer>();
        foreach (var kind in Words.TokenKinds.Values.Order())
        {
            if (await keys.CreateTokenAsync(project.Id, kind, "first", token: null, cancellationToken) is { } made) tokens.Add(TokenAnswer.Of(made.Key));
        }
        return V1Json.Created(request, project.Id, new { Project = ProjectAnswer.Of(project), Tokens = tokens });
    });

    /// <summary>GET: all projects with the admin key, with other credentials their own.</summary>
    public Task<IResult> ListAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckDeploymentAsync(request, Role.Viewer, allowsOneProject: true, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var own = caller.Access.Project?.ProjectId;
        var visible = (await projects.ListAsync(cancellationToken)).Where(project => own is null || project.Id == own);
        return V1Json.Ok(new { Projects = visible.Select(ProjectAnswer.Of).ToList() });
    });

    /// <summary>GET <c>/{projectId}</c>.</summary>
    public Task<IResult> FindAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var project = await projects.FindAsync(caller.Project.ProjectId, cancellationToken);
        return project is null ? Problem.NotFound("There is no such project.") : V1Json.Ok(ProjectAnswer.Of(project));
    });

    /// <summary>PATCH <c>/{projectId}</c>: changes the settings that the body names.</summary>
    public Task<IResult> ChangeAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (body, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        var (change, errors) = ProjectBody.Read(body, isNew: false);
        if (errors.Count > 0) return Problem.InvalidField(errors);

        var project = await projects.ChangeAsync(caller.Project.ProjectId, change, cancellationToken);
        return project is null ? Problem.NotFound("There is no such project.") : V1Json.Ok(ProjectAnswer.Of(project));
    });
}
