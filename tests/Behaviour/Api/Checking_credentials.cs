using System.Text;
using System.Text.Json;
using Cairn.Api.Authorization;
using Cairn.Ingestion;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api;

public class Checking_credentials
{
    static readonly IngestProject Shop = new("111", IdentityMode.Simplified, "UTC", []);
    static readonly IngestProject Blog = new("222", IdentityMode.Simplified, "UTC", []);

    [Theory]
    [InlineData("Basic c2VjcmV0Og==", "secret", "")] // secret:
    [InlineData("basic c2VjcmV0Og", "secret", "")] // no padding, lower-case scheme
    [InlineData("Basic c2VjcmV0", "secret", "")] // tap-mixpanel sends no colon
    [InlineData("Basic bmFtZTpwYTpzcw==", "name", "pa:ss")] // a password may hold a colon
    [InlineData("Basic name:pass", "name", "pass")] // one vendor page shows plain text
    [InlineData("Basic bsO8OsO8", "nü", "ü")]
    [InlineData("Api-Key secret", "secret", "")] // Amplitude's User Profile API
    public void Basic_credentials_are_read_as_the_vendors_tools_send_them(string header, string user, string password) =>
        Assert.Equal(new PresentedCredentials.Basic(user, password), PresentedCredentials.Of(Request(header)));

    [Fact]
    public void A_header_goes_before_the_cookie()
    {
        var request = Request("Bearer admin");
        request.Headers.Cookie = "cairn_session=session";

        Assert.Equal(new PresentedCredentials.Bearer("admin"), PresentedCredentials.Of(request));
        request.Headers.Authorization = "";
        Assert.Equal(new PresentedCredentials.Cookie("session"), PresentedCredentials.Of(request));
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData("Bearer nonsense", null, 401)]
    [InlineData("Digest x", null, 401)]
    [InlineData("Basic", null, 401)]
    [InlineData("Basic viewer:111", null, 200)]
    [InlineData("Basic viewer:111", "111", 200)]
    [InlineData("Basic viewer:111", "222", 403)]
    [InlineData("Basic writer:111", null, 403)]
    [InlineData("Bearer admin", null, 400)]
    [InlineData("Bearer admin", "222", 200)]
    [InlineData("Bearer admin", "333", 404)]
    public async Task Our_own_api_says_why_with_a_status(string? header, string? projectId, int status)
    {
        var request = Request(header, projectId is null ? "" : $"?project_id={projectId}");

        var (actual, body) = await AnswerAsync(request, Denials.V1);

        Assert.Equal(status, actual);
        if (status != 200) Assert.Equal(status, JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32());
        else Assert.Equal(projectId ?? "111", body);
    }

    [Fact]
    public async Task A_project_in_the_route_goes_before_one_in_the_query()
    {
        var request = Request("Basic viewer:111", "?project_id=111");
        request.RouteValues["projectId"] = "222";

        Assert.Equal(403, (await AnswerAsync(request, Denials.V1)).Status);
    }

    [Fact]
    public async Task Mixpanel_reads_its_own_words()
    {
        Assert.Equal(
            (401, """{"request":"/api/query?a=1","error":"Invalid credentials","status":"error"}"""),
            await AnswerAsync(Request("Basic x:y", "?a=1"), Denials.Mixpanel));
        Assert.Equal(
            (401, """{"code":401,"error":"Invalid credentials","status":"Unauthorized"}"""),
            await AnswerAsync(Request("Basic x:y"), Denials.MixpanelImport));
        Assert.Equal(
            (401, """{"code":401,"error":"Credentials in request did not match project_id URL parameter","status":"Unauthorized"}"""),
            await AnswerAsync(Request("Basic viewer:111", "?project_id=222"), Denials.MixpanelImport));
    }

    [Fact]
    public async Task Amplitude_tells_absent_credentials_from_wrong_ones()
    {
        Assert.Equal(401, (await AnswerAsync(Request(null), Denials.Amplitude)).Status);
        Assert.Equal(403, (await AnswerAsync(Request("Basic x:y"), Denials.Amplitude)).Status);
        Assert.Equal(403, (await AnswerAsync(Request("Basic viewer:111", "?project_id=222"), Denials.Amplitude)).Status);
    }

    [Theory]
    [InlineData("GET", "cross-site", null, 200)] // a link from elsewhere may show a page
    [InlineData("POST", "cross-site", null, 403)]
    [InlineData("POST", "same-site", null, 403)]
    [InlineData("POST", "same-origin", null, 200)]
    [InlineData("POST", null, "https://evil.example", 403)]
    [InlineData("POST", null, "https://cairn.example", 200)]
    [InlineData("POST", null, "null", 403)]
    [InlineData("DELETE", null, null, 200)] // no browser: a script that was given the cookie
    public async Task A_cookie_changes_something_only_from_our_own_pages(string method, string? site, string? origin, int status)
    {
        var request = Request(null);
        request.Method = method;
        request.Headers.Cookie = "cairn_session=session";
        if (site is not null) request.Headers["Sec-Fetch-Site"] = site;
        if (origin is not null) request.Headers.Origin = origin;

        Assert.Equal(status, (await AnswerAsync(request, Denials.V1)).Status);
    }

    static DefaultHttpContext Context() => new()
    {
        RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
        Response = { Body = new MemoryStream() },
    };

    static HttpRequest Request(string? authorization, string query = "")
    {
        var request = Context().Request;
        (request.Method, request.Scheme, request.Host, request.Path, request.QueryString) =
            ("GET", "https", new HostString("cairn.example"), "/api/query", new QueryString(query));
        if (authorization is not null) request.Headers.Authorization = authorization;
        return request;
    }

    static async Task<(int Status, string Body)> AnswerAsync(HttpRequest request, Deny deny)
    {
        var caller = await new RequestAuthorization(new SomeAccess(), new SomeProjects()).CheckAsync(request, Role.Viewer, deny, default);
        if (!caller.IsDenied(out var denial)) return (200, caller.Project.ProjectId);
        await denial.ExecuteAsync(request.HttpContext);
        return (request.HttpContext.Response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)request.HttpContext.Response.Body).ToArray()));
    }

    sealed class SomeAccess : IAccessControl
    {
        public ValueTask<Access?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Access?>((user, password) switch
            {
                ("viewer", "111") => new Access(Shop, Role.Viewer, CredentialKind.ServiceAccount, "viewer"),
                ("writer", "111") => new Access(Shop, Role.Writer, CredentialKind.WriteToken, "writer"),
                _ => null,
            });

        public ValueTask<Access?> AuthenticateBearerAsync(string bearer, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Access?>(bearer switch
            {
                "admin" => new Access(null, Role.Admin, CredentialKind.AdminKey, "admin key"),
                "session" => new Access(Shop, Role.Admin, CredentialKind.PageSession, "page"),
                _ => null,
            });
    }

    sealed class SomeProjects : IProjectDirectory
    {
        public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Credentials are no write tokens.");

        public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new[] { Shop, Blog }.FirstOrDefault(project => project.ProjectId == projectId));
    }
}
