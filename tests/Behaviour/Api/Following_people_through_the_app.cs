using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Api;

/// <summary>What senders say of people, over HTTP, the stream and the consumer, until it is asked for.</summary>
public sealed class Following_people_through_the_app : IAsyncLifetime
{
    readonly HttpClient http = new();
    ProjectsApp app = null!;

    public async Task InitializeAsync()
    {
        app = await ProjectsApp.StartAsync();
        http.BaseAddress = app.Url;
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task Mixpanels_updates_and_links_are_found_by_any_id_and_in_the_profile_query()
    {
        await PostAsync("/track", $$$"""[{"event":"Signed Up","properties":{"token":"{{{app.Keys.Token}}}","$device_id":"D1","$user_id":"ann","distinct_id":"ann"}}]""");
        await PostAsync("/engage", $$$"""[{"$token":"{{{app.Keys.Token}}}","$distinct_id":"ann","$set":{"plan":"pro"}},{"$token":"{{{app.Keys.Token}}}","$distinct_id":"ann","$add":{"logins":2},"$union":{"tags":["a"]}}]""");

        var found = await ProfileAsync("$device:D1", profile => Has(profile, "tags"));
        Assert.Equal("ann", found.GetProperty("person").GetString());
        var properties = found.GetProperty("properties");
        Assert.Equal(("pro", 2, """["a"]"""), (properties.GetProperty("plan").GetString(), properties.GetProperty("logins").GetInt32(), properties.GetProperty("tags").GetRawText()));

        var engage = await app.SendAsync("GET", """/api/query/engage?where=properties%5B%22plan%22%5D%20%3D%3D%20%22pro%22""", authorization: ProjectsApp.Basic(app.Keys.ApiSecret, ""));
        Assert.Equal("ann", Assert.Single(engage.Json.GetProperty("results").EnumerateArray()).GetProperty("$distinct_id").GetString());
    }

    [Fact]
    public async Task A_persons_activity_is_read_page_by_page_under_all_ids()
    {
        const string All = "/api/v1/activity";
        var project = $"project_id={app.Keys.ProjectId}";
        await PostAsync("/track", $$$"""[{"event":"Opened","properties":{"token":"{{{app.Keys.Token}}}","$device_id":"D2","distinct_id":"$device:D2","time":1770000000}}]""");
        await PostAsync("/track", $$$"""[{"event":"Signed Up","properties":{"token":"{{{app.Keys.Token}}}","$device_id":"D2","$user_id":"bea","distinct_id":"bea","time":1770000060,"plan":"pro"}}]""");
        await PostAsync("/engage", $$$"""[{"$token":"{{{app.Keys.Token}}}","$distinct_id":"bea","$set":{"plan":"pro"}}]""");

        var all = (await Eventually.AsyncUntil(reply => reply.Status == 200 && reply.Json.GetProperty("entries").GetArrayLength() == 3, () => app.SendAsync("GET", $"{All}/$device:D2?{project}&order=oldest"))).Json;
        Assert.Equal(("bea", """["bea","$device:D2"]"""), (all.GetProperty("person").GetString(), all.GetProperty("ids").GetRawText()));
        Assert.Equal(["event Opened", "event Signed Up", """profile_change {"set":{"plan":"pro"}}"""], all.GetProperty("entries").EnumerateArray().Select(Shown));
        Assert.Equal(JsonValueKind.Null, all.GetProperty("cursor").ValueKind);

        var first = (await app.SendAsync("GET", $"{All}/bea?{project}&limit=2")).Json;
        Assert.Equal(["""profile_change {"set":{"plan":"pro"}}""", "event Signed Up"], first.GetProperty("entries").EnumerateArray().Select(Shown));
        var rest = (await app.SendAsync("GET", $"{All}/?{project}&id=bea&limit=2&after={first.GetProperty("cursor").GetString()}")).Json;
        Assert.Equal(["event Opened"], rest.GetProperty("entries").EnumerateArray().Select(Shown));
        Assert.Equal(["event Signed Up", "event Opened"], (await app.SendAsync("GET", $"{All}/bea?{project}&kinds=events")).Json.GetProperty("entries").EnumerateArray().Select(Shown));

        async Task<IEnumerable<string>> FilteredAsync(string query) => (await app.SendAsync("GET", $"{All}/bea?{project}&{query}")).Json.GetProperty("entries").EnumerateArray().Select(Shown);
        Assert.Equal(["event Opened"], await FilteredAsync("event=Opened"));
        Assert.Equal(["event Signed Up", "event Opened"], await FilteredAsync("event=Opened&event=Signed%20Up"));
        Assert.Equal(["event Signed Up"], await FilteredAsync($"where={Uri.EscapeDataString("properties[\"plan\"] == \"pro\"")}"));
        Assert.Equal(["event Signed Up", "event Opened"], await FilteredAsync("from=2026-02-02&to=2026-02-02"));

        Assert.Equal(404, (await app.SendAsync("GET", $"{All}/ghost?{project}")).Status);
        foreach (var wrong in new[] { "limit=0", "limit=1001", "order=sideways", "kinds=some", "after=x", "from=today", "from=2026-02-02&to=2026-02-01", "where=1%20and", "where=cohort%5B%221%22%5D", "kinds=profile_changes&event=Opened" }) Assert.Equal(400, (await app.SendAsync("GET", $"{All}/bea?{project}&{wrong}")).Status);

        static string Shown(JsonElement entry) => entry.GetProperty("kind").GetString() + " " + (entry.TryGetProperty("event", out var name) ? name.GetString() : entry.GetProperty("operations").GetRawText());
    }

    [Fact]
    public async Task Amplitudes_users_are_found_by_device_and_mapped_users_by_both()
    {
        await PostAsync("/2/httpapi", $$$"""{"api_key":"{{{app.Keys.ApiKey}}}","events":[{"event_type":"Opened","device_id":"dev-a1","user_properties":{"source":"ad"}},{"event_type":"Opened","device_id":"dev-a1","user_id":"annie","user_properties":{"plan":"pro"}}]}""");
        await PostAsync("/usermap", "api_key=" + app.Keys.ApiKey + "&mapping=" + Uri.EscapeDataString("""[{"user_id":"annie","global_user_id":"ann-global"}]"""), "application/x-www-form-urlencoded");

        var mapped = await Eventually.AsyncUntil(
            reply => reply.Body.Contains("ann-global", StringComparison.Ordinal),
            () => app.SendAsync("GET", "/api/2/usermap?user_ids=annie,ghost", authorization: ProjectsApp.Basic(app.Keys.ApiKey, app.Keys.ApiSecret)));
        Assert.Equal("ann-global", mapped.Json.GetProperty("annie").GetProperty("mapped_to")[0].GetProperty("user_id").GetString());
        Assert.Equal("{}", mapped.Json.GetProperty("ghost").GetRawText());

        // The mapped user keeps a profile of its own, and it is that which the device leads to.
        var profile = await Eventually.AsyncUntil(
            reply => reply.Body.Contains("\"plan\"", StringComparison.Ordinal) && reply.Body.Contains("\"source\"", StringComparison.Ordinal),
            () => app.SendAsync("GET", "/v1/userprofile?device_id=dev-a1&get_amp_props=true", authorization: $"Api-Key {app.Keys.ApiSecret}"));
        Assert.Equal(
            """{"userData":{"user_id":"annie","device_id":"dev-a1","recommendations":null,"amp_props":{"source":"ad","plan":"pro"},"cohort_ids":null}}""", profile.Body);
    }

    [Fact]
    public async Task Amplitudes_profile_answers_errors_in_its_own_words()
    {
        var unknown = await app.SendAsync("GET", "/v1/userprofile?user_id=nobody", authorization: $"Api-Key {app.Keys.ApiSecret}");
        Assert.Equal((400, """{"error":"User id and device id not seen before"}"""), (unknown.Status, unknown.Body));
        var wrong = await app.SendAsync("GET", "/v1/userprofile?user_id=nobody", authorization: "Api-Key wrong");
        Assert.Equal((401, "Invalid Api-Key"), (wrong.Status, wrong.Body));
        var missing = await app.SendAsync("GET", "/v1/userprofile?user_id=nobody", authorization: "");
        Assert.Equal((401, "Missing Api-Key in Authorization header"), (missing.Status, missing.Body));
    }

    [Fact]
    public async Task Segments_anonymous_traits_join_the_user()
    {
        await PostAsync("/v1/batch", $$$"""{"writeKey":"{{{app.Keys.WriteKey}}}","batch":[{"type":"identify","messageId":"m1","anonymousId":"S1","traits":{"source":"ad"}},{"type":"identify","messageId":"m2","anonymousId":"S1","userId":"sue","traits":{"plan":"pro"}}]}""");
        var found = await ProfileAsync("$device:S1", profile => Has(profile, "source") && Has(profile, "plan"));
        Assert.Equal(("sue", "ad", "pro"), (found.GetProperty("person").GetString(), found.GetProperty("properties").GetProperty("source").GetString(), found.GetProperty("properties").GetProperty("plan").GetString()));
    }

    [Fact]
    public async Task A_link_made_by_hand_holds_until_it_is_undone()
    {
        Assert.Equal(202, (await app.SendAsync("POST", $"/api/v1/identities/link?project_id={app.Keys.ProjectId}", """{"ids": ["liz", "elizabeth"]}""")).Status);
        await IdentityAsync("elizabeth", reply => reply.Status == 200 && reply.Json.GetProperty("ids").GetArrayLength() == 2);
        Assert.Equal(202, (await app.SendAsync("POST", $"/api/v1/identities/undo?project_id={app.Keys.ProjectId}", """{"ids": ["elizabeth", "liz"]}""")).Status);
        await IdentityAsync("elizabeth", reply => reply.Status == 200 && reply.Json.GetProperty("ids").GetArrayLength() == 1);
    }

    [Fact]
    public async Task The_documented_lines_of_curl_run_as_they_stand()
    {
        var page = await File.ReadAllTextAsync(RepositoryFolder.Of("docs", "operations", "people.md"));
        var lines = string.Join('\n', Regex.Matches(page, "```sh\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value));
        Assert.Equal(6, Regex.Count(lines, "^curl ", RegexOptions.Multiline));
        // The page uses jq; a machine that runs the tests has Node for sure, and that much of jq is one line of it. A loaded machine needs more than two seconds.
        var script = $$"""
            set -euo pipefail
            command -v curl > /dev/null || { echo 'this test needs curl: apt-get install curl' >&2; exit 1; }
            jq() { node -p 'process.argv[2].slice(1).split(".").reduce((o, k) => o[k], JSON.parse(fs.readFileSync(process.argv[3])))' -- "$@"; }
            sleep() { command sleep 5; }
            {{lines}}
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = app.Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, $"exit {bash.ExitCode}\n{await output}\n{errors}");
        Assert.Contains("\"properties\":{\"plan\":\"pro\"}", await output, StringComparison.Ordinal);
        Assert.Contains("\"linked_by\":\"by_hand\"", await output, StringComparison.Ordinal);
    }

    async Task IdentityAsync(string id, Func<Reply, bool> satisfied)
    {
        var answer = await Eventually.AsyncUntil(satisfied, () => app.SendAsync("GET", $"/api/v1/identities/{id}?project_id={app.Keys.ProjectId}"));
        Assert.True(satisfied(answer), answer.Body);
    }

    async Task<JsonElement> ProfileAsync(string id, Func<JsonElement, bool> satisfied)
    {
        var answer = await Eventually.AsyncUntil(
            reply => reply.Status == 200 && satisfied(reply.Json),
            () => app.SendAsync("GET", $"/api/v1/profiles/{Uri.EscapeDataString(id)}?project_id={app.Keys.ProjectId}"));
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json;
    }

    static bool Has(JsonElement profile, string property) =>
        profile.GetProperty("properties") is { ValueKind: JsonValueKind.Object } properties && properties.TryGetProperty(property, out _);

    async Task PostAsync(string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}
