using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Authorization;

/// <summary>Answers a request that is turned away, in one caller's dialect.</summary>
/// <param name="needed">The role that would do.</param>
public delegate IResult Deny(HttpRequest request, DenialReason reason, Role needed);

/// <summary>The dialects.</summary>
public static class Denials
{
    /// <summary>Our own API: problem details.</summary>
    public static Deny V1 { get; } = (_, reason, needed) => reason switch
    {
        DenialReason.Missing or DenialReason.Wrong => Problem.Unauthorized(Sentence(reason, needed)),
        DenialReason.NoProject => Problem.InvalidField(new FieldError("project_id", Sentence(reason, needed), "the id of a project, as GET /api/v1/projects lists them")),
        DenialReason.UnknownProject => Problem.NotFound(Sentence(reason, needed)),
        DenialReason.ForeignPage or DenialReason.OtherProject or DenialReason.RoleTooLow => Problem.Forbidden(Sentence(reason, needed)),
    };

    /// <summary>Mixpanel's query, export and lookup-table APIs: <c>{"error": …, "status": "error"}</c>, with the request's path where the query API has it.</summary>
    /// <remarks>Source: Mixpanel's "Authentication" reference and its query API's error bodies.</remarks>
    public static Deny Mixpanel { get; } = (request, reason, needed) => Json(
        StatusOf(reason),
        new { request = request.Path + request.QueryString.ToString(), error = reason is DenialReason.Wrong ? "Invalid credentials" : Sentence(reason, needed), status = "error" });

    /// <summary>Mixpanel's <c>/import</c>.</summary>
    /// <remarks>Source: Mixpanel's "Import Events" reference, 401.</remarks>
    public static Deny MixpanelImport { get; } = (_, reason, needed) => Json(
        StatusOf(reason) == 400 ? 400 : 401,
        new
        {
            code = StatusOf(reason) == 400 ? 400 : 401,
            error = reason switch
            {
                DenialReason.Missing or DenialReason.Wrong => "Invalid credentials",
                DenialReason.OtherProject => "Credentials in request did not match project_id URL parameter",
                DenialReason.ForeignPage or DenialReason.NoProject or DenialReason.UnknownProject or DenialReason.RoleTooLow => Sentence(reason, needed),
            },
            status = StatusOf(reason) == 400 ? "Bad Request" : "Unauthorized",
        });

    /// <summary>Amplitude's dashboard, export and other server APIs: 401 where credentials are absent, 403 where they are wrong.</summary>
    /// <remarks>Clients of these APIs treat both alike; Airbyte's source-amplitude reads 403 as "bad key, missing permission or wrong region".</remarks>
    public static Deny Amplitude { get; } = (_, reason, needed) =>
    {
        var status = reason is DenialReason.Missing ? 401 : StatusOf(reason) == 400 ? 400 : 403;
        return Json(status, new { code = status, error = Sentence(reason, needed) });
    };

    static int StatusOf(DenialReason reason) => reason switch
    {
        DenialReason.Missing or DenialReason.Wrong => 401,
        DenialReason.NoProject => 400,
        DenialReason.ForeignPage or DenialReason.OtherProject or DenialReason.UnknownProject or DenialReason.RoleTooLow => 403,
    };

    static string Sentence(DenialReason reason, Role needed) => reason switch
    {
        DenialReason.Missing => "Send credentials: HTTP Basic with a project's secret, an API key and secret, or a service account; or Bearer with the admin key.",
        DenialReason.Wrong => "These credentials match nothing here.",
        DenialReason.ForeignPage => "A request with a cookie must come from this server's own pages.",
        DenialReason.OtherProject => "These credentials are for another project.",
        DenialReason.NoProject => "These credentials are for all projects, so say which: project_id.",
        DenialReason.UnknownProject => "There is no such project.",
        DenialReason.RoleTooLow => $"This needs the role {needed.ToString().ToLowerInvariant()}.",
    };

    static JsonDenial Json(int status, object body) => new JsonDenial(status, body);

    sealed class JsonDenial(int status, object body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (status == 401) httpContext.Response.Headers.WWWAuthenticate = "Basic realm=\"Cairn\"";
            return Results.Json(body, statusCode: status).ExecuteAsync(httpContext);
        }
    }
}
