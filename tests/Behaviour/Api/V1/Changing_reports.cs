using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>A kept report is changed by whoever has seen its newest version; every version stays and can be gone back to.</summary>
public sealed class Changing_reports : IAsyncLifetime
{
    const string Funnel = """{"range": {"last_days": 30}, "steps": ["Sign Up", "Purchase"]}""";

    QueryApp app = null!;
    string id = "";

    public async Task InitializeAsync()
    {
        app = await QueryApp.StartAsync(MemoryEvents.Of().Source, new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));
        id = (await SendAsync(HttpMethod.Post, "", Body("first"))).Body.GetProperty("id").GetString()!;
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_report_says_who_answers_for_it_what_it_is_for_and_when_it_is_computed()
    {
        var (_, made) = await SendAsync(HttpMethod.Get, $"/{id}");
        Assert.Equal(("importer.abc123.mp-service-account", "", "daily", 1), (Text(made, "owner"), Text(made, "description"), Text(made, "schedule"), made.GetProperty("version").GetInt32()));

        var (_, other) = await SendAsync(HttpMethod.Post, "", $$"""{"name": "x", "report": "funnels", "definition": {{Funnel}}, "owner": "Growth", "description": "For Mondays", "schedule": "none"}""");
        Assert.Equal(("Growth", "For Mondays", "none"), (Text(other, "owner"), Text(other, "description"), Text(other, "schedule")));
    }

    [Fact]
    public async Task Every_version_stays_and_any_can_be_the_newest_again()
    {
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, $"/{id}", Body("second", version: 1))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, $"/{id}", Body("third", version: 2))).Status);
        Assert.Equal(["3 third", "2 second", "1 first"], await VersionsAsync());

        var (status, restored) = await SendAsync(HttpMethod.Post, $"/{id}/restore", """{"version": 1}""");
        Assert.Equal((HttpStatusCode.OK, "first", 4), (status, Text(restored, "name"), restored.GetProperty("version").GetInt32()));
        Assert.Equal(["4 first", "3 third", "2 second", "1 first"], await VersionsAsync());
        Assert.Equal(restored.ToString(), (await SendAsync(HttpMethod.Get, $"/{id}")).Body.ToString());
    }

    [Fact]
    public async Task Whoever_has_not_seen_the_newest_version_changes_nothing()
    {
        await SendAsync(HttpMethod.Put, $"/{id}", Body("second", version: 1));
        var (status, problem) = await SendAsync(HttpMethod.Put, $"/{id}", Body("blind", version: 1));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("version", problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(["2 second", "1 first"], await VersionsAsync());
    }

    [Fact]
    public async Task Of_many_who_change_one_version_at_once_one_does()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync(HttpMethod.Put, $"/{id}", Body($"by {i}", version: 1))));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Equal(2, (await VersionsAsync()).Length);
    }

    [Fact]
    public async Task A_deleted_report_is_brought_back_by_one_of_its_versions()
    {
        await SendAsync(HttpMethod.Put, $"/{id}", Body("second", version: 1));
        await SendAsync(HttpMethod.Delete, $"/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"/{id}")).Status);
        Assert.Equal(["2 second", "1 first"], await VersionsAsync());
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, "")).Body.GetProperty("reports").GetArrayLength());

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, $"/{id}/restore", """{"version": 2}""")).Status);
        Assert.Equal("second", Text((await SendAsync(HttpMethod.Get, $"/{id}")).Body, "name"));
        Assert.Equal(["3 second", "2 second", "1 first"], await VersionsAsync());
    }

    [Theory]
    [InlineData("PUT", "/{id}", """{"name": "x", "report": "funnels", "definition": {"range": {"last_days": 7}, "steps": ["A"]}}""", 400, "version")]
    [InlineData("PUT", "/{id}", """{"name": "x", "report": "segmentation", "version": 1, "definition": {"range": {"last_days": 7}, "events": ["A"]}}""", 400, "report")]
    [InlineData("PUT", "/{id}", """{"name": "x", "report": "funnels", "version": 1, "schedule": "hourly", "definition": {"range": {"last_days": 7}, "steps": ["A"]}}""", 400, "schedule")]
    [InlineData("POST", "/{id}/restore", "{}", 400, "version")]
    [InlineData("POST", "/{id}/restore", """{"version": 7}""", 404, null)]
    [InlineData("PUT", "/123456789", """{"version": 1}""", 404, null)]
    [InlineData("GET", "/123456789/versions", null, 404, null)]
    [InlineData("GET", "/nonsense/versions", null, 404, null)]
    public async Task What_can_not_be_is_named(string method, string path, string? body, int status, string? field)
    {
        var (answered, problem) = await SendAsync(new(method), path.Replace("{id}", id, StringComparison.Ordinal), body);
        Assert.Equal(status, (int)answered);
        if (field is not null) Assert.Equal([field], problem.GetProperty("errors").EnumerateArray().Select(error => Text(error, "field")));
    }

    [Fact]
    public async Task A_viewer_reads_versions_and_changes_nothing()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Put, $"/{id}", Body("x", version: 1), "viewer:")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, $"/{id}/restore", """{"version": 1}""", "viewer:")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, $"/{id}/versions", credentials: "viewer:")).Status);
    }

    static string Body(string name, int? version = null) =>
        $$"""{"name": "{{name}}", "report": "funnels", "definition": {{Funnel}}{{(version is null ? "" : $", \"version\": {version}")}}}""";

    static string? Text(JsonElement report, string field) => report.GetProperty(field).GetString();

    async Task<string[]> VersionsAsync() =>
        [.. (await SendAsync(HttpMethod.Get, $"/{id}/versions")).Body.GetProperty("versions").EnumerateArray().Select(version => $"{version.GetProperty("version")} {Text(version, "name")}")];

    async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null, string credentials = QueryApp.ServiceAccount)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/reports" + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await app.SendAsync(credentials, request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }
}
