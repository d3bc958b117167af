using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

public sealed class Managing_projects_over_http(Managing_projects_over_http.App shared) : IClassFixture<Managing_projects_over_http.App>
{
    readonly ProjectsApp _app = shared.Value;

    /// <summary>One app for the class; each test makes its own project.</summary>
    public sealed class App : IAsyncLifetime
    {
        public ProjectsApp Value { get; private set; } = null!;

        public async Task InitializeAsync() => Value = await ProjectsApp.StartAsync();

        public async Task DisposeAsync() => await Value.DisposeAsync();
    }

    [Fact]
    public async Task A_project_is_made_with_its_settings_and_a_token_of_each_kind()
    {
        var made = await _app.SendAsync("POST", "/api/v1/projects", """{"name": "Shop \"A\"", "time_zone": "Asia/Tokyo", "retention_days": 30, "identity_mode": "original", "group_keys": ["company"]}""");

        Assert.Equal(201, made.Status);
        var project = made.Json.GetProperty("project");
        Assert.Equal(
            ["id", "name", "time_zone", "retention_days", "identity_mode", "group_keys", "created_at"], project.EnumerateObject().Select(field => field.Name));
        Assert.Equal($"/api/v1/projects/{project.GetProperty("id").GetString()}", made.Headers["Location"]);
        Assert.Equal(
            ["mixpanel_token", "amplitude_api_key", "segment_write_key"],
            made.Json.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("kind").GetString()));
        var found = await _app.SendAsync("GET", made.Headers["Location"]);
        Assert.Equal(project.GetRawText(), found.Body);
        Assert.Equal("no-store", found.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task A_change_is_in_the_next_answer_and_leaves_the_rest()
    {
        var id = await NewProjectAsync("""{"name": "Shop", "retention_days": 30}""");

        var changed = await _app.SendAsync("PATCH", $"/api/v1/projects/{id}", """{"retention_days": null}""");

        Assert.Equal((200, JsonValueKind.Null, "Shop"), (changed.Status, changed.Json.GetProperty("retention_days").ValueKind, changed.Json.GetProperty("name").GetString()));
        Assert.Equal(changed.Body, (await _app.SendAsync("GET", $"/api/v1/projects/{id}")).Body);
    }

    [Fact]
    public async Task The_admin_key_lists_all_projects_and_other_credentials_their_own()
    {
        var id = await NewProjectAsync("""{"name": "Listed"}""");

        var all = await _app.SendAsync("GET", "/api/v1/projects");
        var own = await _app.SendAsync("GET", "/api/v1/projects", authorization: ProjectsApp.Basic(_app.Keys.ApiSecret, ""));

        Assert.Contains(id, Ids(all));
        Assert.Equal([_app.Keys.ProjectId], Ids(own));

        static List<string> Ids(Reply reply) => [.. reply.Json.GetProperty("projects").EnumerateArray().Select(project => project.GetProperty("id").GetString()!)];
    }

    [Theory]
    [InlineData("""{"time_zone": "Mars"}""", "name time_zone")]
    [InlineData("""{"name": 7, "retention_days": "a year", "identity_mode": "simple", "group_keys": "company"}""", "name retention_days identity_mode group_keys")]
    [InlineData("""{"name": "x", "retention_days": 0}""", "retention_days")]
    [InlineData("""{"name": "x", "retention_days": 1.5}""", "retention_days")]
    [InlineData("""{"name": "x", "timezone": "UTC"}""", "timezone")]
    [InlineData("""{"name": null}""", "name")]
    [InlineData("""{"name": "   "}""", "name")]
    [InlineData("""{"name": "x", "time_zone": null}""", "time_zone")]
    public async Task Everything_wrong_is_named_at_once_with_what_would_be_valid(string body, string fields)
    {
        var reply = await _app.SendAsync("POST", "/api/v1/projects", body);

        Assert.Equal((400, "application/problem+json"), (reply.Status, reply.Headers["Content-Type"].Split(';')[0]));
        Assert.Equal("urn:cairn:invalid-field", reply.Json.GetProperty("type").GetString());
        var errors = reply.Json.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(fields.Split(' ').Order(), errors.Select(error => error.GetProperty("field").GetString()).Order());
        Assert.All(errors, error => Assert.NotEqual("", error.GetProperty("valid").GetString()));
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("\"x\"", 400)]
    [InlineData("""{"name": "x", "name": "y"}""", 400)]
    public async Task What_is_no_object_is_turned_away(string body, int status) =>
        Assert.Equal(status, (await _app.SendAsync("POST", "/api/v1/projects", body)).Status);

    [Fact]
    public async Task A_body_too_large_is_turned_away()
    {
        var reply = await _app.SendAsync("POST", "/api/v1/projects", "{\"name\": \"" + new string('x', 300_000) + "\"}");
        Assert.Equal((413, "urn:cairn:too-large"), (reply.Status, reply.Json.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_token_that_apps_carry_is_taken_over_and_sends_to_its_project()
    {
        var id = await NewProjectAsync("""{"name": "Shop"}""");
        const string body = """{"kind": "segment_write_key", "name": "web", "token": "AbCdEfGhIjKlMnOpQrStUvWxYz012345"}""";

        var made = await _app.SendAsync("POST", $"/api/v1/projects/{id}/tokens", body);
        var again = await _app.SendAsync("POST", $"/api/v1/projects/{id}/tokens", body);

        Assert.Equal((201, 409), (made.Status, again.Status));
        Assert.Equal("token", again.Json.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(204, (await _app.SendAsync("DELETE", made.Headers["Location"])).Status);
        Assert.Equal(404, (await _app.SendAsync("DELETE", made.Headers["Location"])).Status);
        Assert.Equal(201, (await _app.SendAsync("POST", $"/api/v1/projects/{id}/tokens", body)).Status);
    }

    [Theory]
    [InlineData("tokens", """{"kind": "mixpanel_token", "name": "x", "token": "ABCDEF0123456789ABCDEF0123456789"}""", "token")]
    [InlineData("tokens", """{"kind": "posthog", "name": "x"}""", "kind")]
    [InlineData("tokens", """{"kind": "mixpanel_token"}""", "name")]
    [InlineData("tokens", """{"kind": "mixpanel_token", "name": "x", "role": "admin"}""", "role")]
    [InlineData("keys", """{"name": "x"}""", "role")]
    [InlineData("keys", """{"name": "x", "role": "writer"}""", "role")]
    [InlineData("service-accounts", """{"name": "", "role": "owner"}""", "name role")]
    public async Task A_key_asked_for_wrongly_names_the_fields(string list, string body, string fields)
    {
        var reply = await _app.SendAsync("POST", $"/api/v1/projects/{_app.Keys.ProjectId}/{list}", body);
        Assert.Equal(400, reply.Status);
        Assert.Equal(fields.Split(' '), reply.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task A_service_account_does_what_its_role_allows_until_it_is_taken_away()
    {
        var id = await NewProjectAsync("""{"name": "Shop"}""");
        var made = await _app.SendAsync("POST", $"/api/v1/projects/{id}/service-accounts", """{"name": "job", "role": "viewer"}""");
        var account = ProjectsApp.Basic(made.Json.GetProperty("service_account").GetProperty("username").GetString()!, made.Json.GetProperty("secret").GetString()!);
        Assert.Equal(200, (await _app.SendAsync("GET", $"/api/v1/projects/{id}", authorization: account)).Status);
        Assert.Equal(403, (await _app.SendAsync("PATCH", $"/api/v1/projects/{id}", """{"name": "Mine"}""", account)).Status);
        Assert.Equal(403, (await _app.SendAsync("GET", $"/api/v1/projects/{id}/service-accounts", authorization: account)).Status);

        Assert.Equal(200, (await _app.SendAsync("PATCH", made.Headers["Location"], """{"role": "admin"}""")).Status);
        Assert.Equal(200, (await _app.SendAsync("PATCH", $"/api/v1/projects/{id}", """{"name": "Mine"}""", account)).Status);
        var listed = await _app.SendAsync("GET", $"/api/v1/projects/{id}/service-accounts", authorization: account);
        Assert.DoesNotContain("secret", listed.Body, StringComparison.Ordinal);

        Assert.Equal(204, (await _app.SendAsync("DELETE", made.Headers["Location"])).Status);
        Assert.Equal(401, (await _app.SendAsync("GET", $"/api/v1/projects/{id}", authorization: account)).Status);
    }

    [Fact]
    public async Task A_key_is_reached_only_in_its_own_list_and_project()
    {
        var (shop, blog) = (await NewProjectAsync("""{"name": "Shop"}"""), await NewProjectAsync("""{"name": "Blog"}"""));
        var made = await _app.SendAsync("POST", $"/api/v1/projects/{shop}/keys", """{"name": "s", "role": "admin"}""");
        var keyId = made.Json.GetProperty("key").GetProperty("id").GetString();

        foreach (var path in new[] { $"{shop}/tokens", $"{shop}/service-accounts", $"{blog}/keys" })
            Assert.Equal(404, (await _app.SendAsync("DELETE", $"/api/v1/projects/{path}/{keyId}")).Status);
        Assert.Equal(204, (await _app.SendAsync("DELETE", $"/api/v1/projects/{shop}/keys/{keyId}")).Status);
    }

    [Fact]
    public async Task The_documented_lines_of_curl_run_as_they_stand()
    {
        var page = await File.ReadAllTextAsync(RepositoryFolder.Of("docs", "operations", "projects.md"));
        var lines = string.Join('\n', Regex.Matches(page, "```sh\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value));
        Assert.InRange(Regex.Count(lines, "^curl ", RegexOptions.Multiline), 15, 99);
        // The page uses jq; a machine that runs the tests has Node for sure, and that much of jq is one line of it.
        var script = $$"""
            set -euo pipefail
            command -v curl > /dev/null || { echo 'this test needs curl: apt-get install curl' >&2; exit 1; }
            jq() { node -p 'process.argv[2].slice(1).split(".").reduce((o, k) => o[k], JSON.parse(fs.readFileSync(process.argv[3])))' -- "$@"; }
            {{lines}}
            """;

        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = _app.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.True(bash.ExitCode == 0, $"exit {bash.ExitCode}\n{await output}\n{errors}");
        Assert.Contains("Shop (EU)", await output, StringComparison.Ordinal);
    }

    async Task<string> NewProjectAsync(string body)
    {
        var made = await _app.SendAsync("POST", "/api/v1/projects", body);
        Assert.Equal(201, made.Status);
        return made.Json.GetProperty("project").GetProperty("id").GetString()!;
    }
}
