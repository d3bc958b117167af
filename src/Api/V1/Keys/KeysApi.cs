using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Keys;

/// <summary>
/// <c>/api/v1/projects/{projectId}/tokens</c>, <c>/keys</c> and <c>/service-accounts</c>: list, make, change and take away. A secret is in the answer that
/// made it and never again.
/// </summary>
public sealed class KeysApi(ProjectKeys keys, RequestAuthorization authorization)
{
    /// <summary>GET. Write tokens are public, so a viewer sees them; the other lists are for admins.</summary>
    public Task<IResult> ListAsync(KeyFamily family, HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var needed = family is KeyFamily.Tokens ? Role.Viewer : Role.Admin;
        var caller = await authorization.CheckAsync(request, needed, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var all = await keys.ListAsync(caller.Project.ProjectId, cancellationToken);
        return V1Json.Ok(new Dictionary<string, object> { [family.WireName()] = all.Where(key => family.Holds(key.Kind)).Select(key => family.Answer(key)).ToList() });
    });

    /// <summary>POST.</summary>
    public Task<IResult> CreateAsync(KeyFamily family, HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (json, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        var (body, errors) = KeyBody.Read(family, json);
        if (errors.Count > 0) return Problem.InvalidField(errors);

        var projectId = caller.Project.ProjectId;
        switch (family)
        {
            case KeyFamily.Tokens:
                return await keys.CreateTokenAsync(projectId, body.Kind, body.Name, body.Token, cancellationToken) is { } token
                    ? V1Json.Created(request, token.Key.Id, TokenAnswer.Of(token.Key))
                    : Problem.Conflict("A project has this token already.", new FieldError("token", "It is taken.", "another token, or none for a new one"));
            case KeyFamily.Secrets:
                var secret = await keys.CreateSecretAsync(projectId, body.Name, body.Role, cancellationToken);
                return V1Json.Created(request, secret.Key.Id, new { Key = SecretAnswer.Of(secret.Key), secret.Secret });
            case KeyFamily.ServiceAccounts:
                var account = await keys.CreateServiceAccountAsync(projectId, body.Name, body.Role, cancellationToken);
                return V1Json.Created(request, account.Key.Id, new { ServiceAccount = AccountAnswer.Of(account.Key), account.Secret });
            default:
                throw new ArgumentOutOfRangeException(nameof(family), family, "There is no such list of keys.");
        }
    });

    /// <summary>PATCH <c>/{keyId}</c>: <c>{"role": "admin"}</c>.</summary>
    public Task<IResult> ChangeRoleAsync(KeyFamily family, HttpRequest request, string keyId) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (json, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        var fields = new JsonFields(json, "role");
        var role = KeyBody.ReadRole(fields);
        if (fields.Errors.Count > 0) return Problem.InvalidField(fields.Errors);
        if (await FindAsync(family, caller.Project.ProjectId, keyId, cancellationToken) is null) return NoSuchKey;

        var changed = await keys.ChangeRoleAsync(caller.Project.ProjectId, keyId, role, cancellationToken);
        return changed is null ? NoSuchKey : V1Json.Ok(family.Answer(changed));
    });

    /// <summary>DELETE <c>/{keyId}</c>.</summary>
    public Task<IResult> DeleteAsync(KeyFamily family, HttpRequest request, string keyId) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        if (await FindAsync(family, caller.Project.ProjectId, keyId, cancellationToken) is null) return NoSuchKey;
        return await keys.DeleteAsync(caller.Project.ProjectId, keyId, cancellationToken) ? Results.NoContent() : NoSuchKey;
    });

    static IResult NoSuchKey => Problem.NotFound("This project has no such key.");

    async Task<ProjectKey?> FindAsync(KeyFamily family, string projectId, string keyId, CancellationToken cancellationToken) =>
        (await keys.ListAsync(projectId, cancellationToken)).FirstOrDefault(key => key.Id == keyId && family.Holds(key.Kind));
}
