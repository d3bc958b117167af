using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

public sealed class Signing_in_over_http : IAsyncLifetime
{
    ProjectsApp _app = null!;

    public async Task InitializeAsync() => _app = await ProjectsApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_link_becomes_a_cookie_that_only_our_pages_use()
    {
        var opened = await OpenLinkAsync("viewer");
        var cookie = opened.Headers["Set-Cookie"];

        Assert.Equal((302, "/"), (opened.Status, opened.Headers["Location"]));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expires=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase); // http here; over https it has it
        Assert.Equal("no-referrer", opened.Headers["Referrer-Policy"]);
        Assert.Equal(200, (await _app.SendAsync("GET", $"/api/v1/projects/{_app.Keys.ProjectId}", null, "", ("Cookie", Pair(cookie)))).Status);
    }

    [Fact]
    public async Task Behind_https_the_cookie_is_secure()
    {
        var link = await NewLinkAsync("viewer");
        var opened = await _app.SendAsync("GET", link, null, "", ("X-Forwarded-Proto", "https"));
        Assert.Contains("secure", opened.Headers["Set-Cookie"], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_link_opened_twice_says_so_and_gives_no_second_session()
    {
        var link = await NewLinkAsync("viewer");
        await _app.SendAsync("GET", link, null, "");

        var again = await _app.SendAsync("GET", link, null, "");

        Assert.Equal(410, again.Status);
        Assert.DoesNotContain("Set-Cookie", again.Headers.Keys);
        Assert.Equal(410, (await _app.SendAsync("GET", "/signin", null, "")).Status);
    }

    [Fact]
    public async Task Whoever_has_no_link_left_is_told_the_line_that_makes_one()
    {
        var told = (await _app.SendAsync("GET", "/signin?code=used", null, "")).Body;
        var line = Assert.Single(told.Split('\n'), line => line.StartsWith("curl ", StringComparison.Ordinal));
        // The page says the same to a stranger, with its own address filled in by the browser.
        var page = (await _app.SendAsync("GET", "/", null, "")).Body;
        var onThePage = WebUtility.HtmlDecode(Regex.Match(page, "<code id=\"new-link\">(.*?)</code>", RegexOptions.Singleline).Groups[1].Value);
        Assert.Equal(line, onThePage.Replace("<span data-origin></span>", _app.Url.ToString().TrimEnd('/'), StringComparison.Ordinal));

        var script = $"""
            jq() {"{"} node -p 'process.argv[2].slice(1).split(".").reduce((o, k) => o[k], JSON.parse(fs.readFileSync(process.argv[3])))' -- "$@"; {"}"}
            {line}
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = Path.Combine(_app.Folder, "data"), RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = bash.StandardError.ReadToEndAsync();
        var made = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, $"{made}{await errors}");
        var link = new Uri(JsonDocument.Parse(made).RootElement.GetProperty("url").GetString()!);
        Assert.Equal(302, (await _app.SendAsync("GET", link.PathAndQuery, null, "")).Status);
    }

    [Fact]
    public async Task A_session_changes_things_from_our_own_pages_only_and_as_its_role_allows()
    {
        var admin = Pair((await OpenLinkAsync("admin")).Headers["Set-Cookie"]);
        var viewer = Pair((await OpenLinkAsync("viewer")).Headers["Set-Cookie"]);
        var path = $"/api/v1/projects/{_app.Keys.ProjectId}";

        Assert.Equal(200, await RenameAsync(admin, ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(403, await RenameAsync(admin, ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(403, await RenameAsync(admin, ("Origin", "https://evil.example")));
        Assert.Equal(403, await RenameAsync(viewer, ("Sec-Fetch-Site", "same-origin")));

        async Task<int> RenameAsync(string cookie, (string, string) header) =>
            (await _app.SendAsync("PATCH", path, """{"name": "Renamed"}""", "", ("Cookie", cookie), header)).Status;
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var cookie = Pair((await OpenLinkAsync("viewer")).Headers["Set-Cookie"]);

        var reply = await _app.SendAsync("POST", "/api/v1/sign-out", null, "", ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(204, reply.Status);
        Assert.Contains("1970", reply.Headers["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal(401, (await _app.SendAsync("GET", "/api/v1/projects", null, "", ("Cookie", cookie))).Status);
    }

    async Task<Reply> OpenLinkAsync(string role) => await _app.SendAsync("GET", await NewLinkAsync(role), null, "");

    async Task<string> NewLinkAsync(string role)
    {
        var made = await _app.SendAsync("POST", $"/api/v1/projects/{_app.Keys.ProjectId}/sign-in-links", $$"""{"role": "{{role}}"}""");
        var url = new Uri(made.Json.GetProperty("url").GetString()!);
        Assert.Equal(_app.Url.Authority, url.Authority);
        return url.PathAndQuery;
    }

    static string Pair(string setCookie) => setCookie[..setCookie.IndexOf(';', StringComparison.Ordinal)];
}
