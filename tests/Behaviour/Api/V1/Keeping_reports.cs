using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>A question is kept, listed, read and deleted; what can't be asked is not kept.</summary>
public sealed class Keeping_reports : IAsyncLifetime
{
    const string Funnel = """{"range": {"last_days": 30}, "steps": ["Sign Up", {"event": "Purchase", "filter": "properties[\"n\"] > 1"}]}""";

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(MemoryEvents.Of().Source, new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task What_is_kept_can_be_read_as_it_was_sent()
    {
        var (status, made) = await SendAsync(HttpMethod.Post, "/api/v1/reports", Kept("Sign-up funnel", "funnels", Funnel));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(9, made.GetProperty("id").GetString()!.Length);

        var (_, read) = await SendAsync(HttpMethod.Get, $"/api/v1/reports/{made.GetProperty("id").GetString()}");
        Assert.Equal(made.ToString(), read.ToString());
        Assert.Equal(("Sign-up funnel", "funnels", "2025-06-02T08:00:00.000Z"), (read.GetProperty("name").GetString(), read.GetProperty("report").GetString(), read.GetProperty("created_at").GetString()));
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(Funnel).RootElement), JsonSerializer.Serialize(read.GetProperty("definition")));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, "/api/v1/query/funnels", read.GetProperty("definition").GetRawText())).Status);
    }

    [Fact]
    public async Task Lists_go_page_by_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add((await SendAsync(HttpMethod.Post, "/api/v1/reports", Kept($"r{i}", "segmentation", """{"range": {"last_days": 7}, "events": ["View"]}"""))).Body.GetProperty("id").GetString()!);

        var (listed, after) = (new List<string>(), "");
        do
        {
            var page = (await SendAsync(HttpMethod.Get, $"/api/v1/reports?limit=2&after={after}")).Body;
            var given = page.GetProperty("reports").EnumerateArray().Select(report => report.GetProperty("id").GetString()!).ToList();
            Assert.InRange(given.Count, 1, 2);
            listed.AddRange(given);
            after = page.GetProperty("next").GetString() ?? "";
        }
        while (after.Length > 0);

        Assert.Equal(ids.Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task What_is_deleted_is_gone()
    {
        var id = (await SendAsync(HttpMethod.Post, "/api/v1/reports", Kept("gone soon", "funnels", Funnel))).Body.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"/api/v1/reports/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"/api/v1/reports/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, $"/api/v1/reports/{id}")).Status);
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, "/api/v1/reports")).Body.GetProperty("reports").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"report": "funnels", "definition": {}}""", "name")]
    [InlineData("""{"name": "x", "definition": {}}""", "report")]
    [InlineData("""{"name": "x", "report": "pie", "definition": {}}""", "report")]
    [InlineData("""{"name": "x", "report": "funnels"}""", "definition")]
    [InlineData("""{"name": "x", "report": "funnels", "definition": {"range": {"last_days": 7}, "steps": ["A", {"event": "B", "filter": "("}]}}""", "definition.steps[1].filter")]
    [InlineData("""{"name": "x", "report": "funnels", "definition": {"range": {"last_days": 7}, "steps": ["A"], "attribution": {"step": 2}}}""", "definition.attribution.step")]
    [InlineData("""{"name": "x", "report": "funnels", "definition": {"range": {"last_days": 7}, "steps": ["A"], "people": {}}}""", "definition.people")]
    [InlineData("""{"name": "x", "report": "segmentation", "definition": {"range": {"last_days": 7}}}""", "definition.events")]
    [InlineData("""{"name": "x", "report": "retention", "definition": {"range": {"last_days": 7}, "births": "never"}}""", "definition.births")]
    public async Task What_cannot_be_asked_is_not_kept(string body, string field)
    {
        var (status, problem) = await SendAsync(HttpMethod.Post, "/api/v1/reports", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, "/api/v1/reports")).Body.GetProperty("reports").GetArrayLength());
    }

    [Fact]
    public async Task A_viewer_reads_but_does_not_keep()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "/api/v1/reports", Kept("x", "funnels", Funnel), "viewer:")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/api/v1/reports", credentials: "viewer:")).Status);
    }

    static string Kept(string name, string report, string definition) => $$"""{"name": "{{name}}", "report": "{{report}}", "definition": {{definition}}}""";

    async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null, string credentials = QueryApp.ServiceAccount)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await app.SendAsync(credentials, request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }
}
