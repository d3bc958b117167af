using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.SignIn;

/// <summary>Sign-in links for our own pages: an admin makes one, whoever opens it first has a session.</summary>
public sealed class SignInApi(SignIns signIns, RequestAuthorization authorization)
{
    /// <summary>Where a link leads.</summary>
    public const string Path = "/signin";

    /// <summary>POST <c>/api/v1/projects/{projectId}/sign-in-links</c> with <c>{"role": "viewer"}</c>.</summary>
    public Task<IResult> CreateLinkAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (json, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        var fields = new JsonFields(json, "role");
        var role = Keys.KeyBody.ReadRole(fields);
        if (fields.Errors.Count > 0) return Problem.InvalidField(fields.Errors);

        var link = await signIns.CreateLinkAsync(caller.Project.ProjectId, role, cancellationToken);
        return V1Json.Ok(new { Url = LinkTo($"{request.Scheme}://{request.Host}", link), link.ExpiresAt });
    });

    /// <summary>GET <c>/signin?code=…</c>: trades the code for a cookie and leads to the first page.</summary>
    public Task<IResult> OpenLinkAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        request.HttpContext.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (await signIns.RedeemAsync(request.Query["code"].ToString(), cancellationToken) is not { } session)
        {
            return Results.Text(
                $"""
                This link was used already, or is older than {SignIns.LinkLifetime.TotalMinutes:0} minutes. The server prints a new one at every start.
                For another one without a restart, type this in the data folder, where keys.json is (it needs curl and jq), or ask an admin to:

                {NewLinkLine($"{request.Scheme}://{request.Host}")}

                """,
                statusCode: StatusCodes.Status410Gone);
        }
        request.HttpContext.Response.Cookies.Append(PresentedCredentials.CookieName, session.Text, CookieOf(request, session.ExpiresAt));
        return Results.Redirect("/");
    });

    /// <summary>POST <c>/api/v1/sign-out</c>: ends the session that the cookie carries.</summary>
    public Task<IResult> SignOutAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckDeploymentAsync(request, Role.Viewer, allowsOneProject: true, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        if (request.Cookies.TryGetValue(PresentedCredentials.CookieName, out var session)) await signIns.EndSessionAsync(session, cancellationToken);
        request.HttpContext.Response.Cookies.Delete(PresentedCredentials.CookieName, CookieOf(request, expires: null));
        return Results.NoContent();
    });

    /// <summary>What makes another link, to be typed beside keys.json; the first page has the same line.</summary>
    static string NewLinkLine(string baseUrl) =>
        $$"""curl -X POST "{{baseUrl}}/api/v1/projects/$(jq -r .project_id keys.json)/sign-in-links" -H "Authorization: Bearer $(jq -r .admin_key keys.json)" -d '{"role": "admin"}'""";

    /// <summary>The link of a code.</summary>
    /// <param name="baseUrl">Scheme and host, without a slash at the end.</param>
    public static string LinkTo(string baseUrl, Cairn.Projects.Keys.SignIn link) => $"{baseUrl}{Path}?code={link.Text}";

    /// <summary>Out of scripts' reach, sent by other sites only when a person follows a link, and over https only where we are.</summary>
    static CookieOptions CookieOf(HttpRequest request, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
        Path = "/",
        Expires = expires,
    };
}
