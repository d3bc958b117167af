using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Mixpanel;

public class Serving_what_SDKs_ask_for
{
    readonly MixpanelServer server = new();

    [Fact]
    public async Task Switches_recording_off_in_the_settings()
    {
        var answer = await server.SendAsync(Sent.Get("/settings/", ("sdk_config", "1")));
        Assert.False(answer.Json["recording"]!["is_enabled"]!.GetValue<bool>());
        Assert.Equal(0, answer.Json["sdk_config"]!["config"]!["record_sessions_percent"]!.GetValue<int>());
    }

    [Fact]
    public async Task Tells_old_SDKs_that_nothing_is_decided()
    {
        var answer = await server.SendAsync(Sent.Get("/decide", ("version", "1"), ("lib", "web")));
        Assert.False(answer.Json["config"]!["enable_collect_everything"]!.GetValue<bool>());
        Assert.All(["notifications", "surveys", "event_bindings", "variants", "integrations"], name => Assert.Empty(answer.Json[name]!.AsArray()));
    }

    [Theory]
    [InlineData("""{"distinct_id":"u1"}""", 200, """{"code":200,"flags":{},"pending_first_time_events":[]}""")]
    [InlineData("""{"distinct_id":5}""", 400, """{"error":"distinct_id must be provided in evalContext as a string","status":"error"}""")]
    [InlineData("{}", 400, """{"error":"distinct_id must be provided in evalContext as a string","status":"error"}""")]
    [InlineData("[1]", 400, """{"error":"distinct_id must be provided in evalContext as a string","status":"error"}""")]
    [InlineData("no json", 400, """{"error":"distinct_id must be provided in evalContext as a string","status":"error"}""")]
    public async Task Puts_nobody_in_a_flag(string context, int status, string body)
    {
        var answer = await server.SendAsync(Sent.Get("/flags/", ("context", context), ("token", MixpanelServer.Token)));
        Assert.Equal((status, body), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Defines_no_flags() =>
        Assert.Equal("""{"code":200,"flags":[]}""", (await server.SendAsync(Sent.Get("/flags/definitions", ("token", MixpanelServer.Token)))).Text);

    [Theory]
    [InlineData("/flags")]
    [InlineData("/flags/definitions")]
    [InlineData("/flags/f1/first-time-events")]
    public async Task Asks_flag_clients_who_they_are(string path)
    {
        Assert.Equal(401, (await server.SendAsync(Sent.Get(path, ("context", """{"distinct_id":"u1"}""")))).Status);
        Assert.Equal(401, (await server.SendAsync(Sent.Get(path, ("context", """{"distinct_id":"u1"}"""), ("token", "wrong")))).Status);
        var request = Sent.Get(path, ("context", """{"distinct_id":"u1"}"""));
        request.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Token, "");
        Assert.Equal(200, (await server.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Replaces_a_lookup_table_and_lists_it()
    {
        Assert.Equal("""{"code":200,"status":"OK"}""", (await server.SendAsync(Put("Plans & Prices/ü", "id,name\n1,Free\n2,\"Pro, \"\"yearly\"\"\"\n"))).Text);
        Assert.Equal("""{"code":200,"status":"OK"}""", (await server.SendAsync(Put("Plans & Prices/ü", "id,name\n1,Free\n"))).Text);
        var list = Sent.Get("/lookup-tables", ("project_id", MixpanelServer.ProjectId));
        list.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Secret, "");
        Assert.Equal("""{"code":200,"status":"OK","results":[{"id":"Plans & Prices/ü","name":"Plans & Prices/ü"}]}""", (await server.SendAsync(list)).Text);
    }

    [Theory]
    [InlineData("id,name\n,Free\n1\n2,b,c\n1,a\n1,b\n", """[{"index":1,"message":"primary key is required and cannot be blank"},{"index":2,"message":"invalid row: wrong number of fields"},{"index":3,"message":"invalid row: wrong number of fields"},{"index":5,"message":"primary key must be unique"}]""")]
    [InlineData("id,id\n", """[{"index":0,"message":"header names must be unique and cannot be blank"}]""")]
    [InlineData("", """[{"index":0,"message":"header names must be unique and cannot be blank"}]""")]
    [InlineData("id,name\n1,\"open\n", """[{"index":1,"message":"invalid row: misplaced quote"}]""")]
    [InlineData("id,name\n1,a\"b\n", """[{"index":1,"message":"invalid row: misplaced quote"}]""")]
    public async Task Says_which_rows_of_a_table_are_wrong_and_keeps_none(string csv, string records)
    {
        var answer = await server.SendAsync(Put("t", csv));
        Assert.Equal((400, $$"""{"code":400,"error":"Some data points in the request failed validation.","status":"Bad Request","failed_records":{{records}}}"""), (answer.Status, answer.Text));
        Assert.Null(await server.Blobs.ReadAsync("lookup-tables/12345/dA.csv", default));
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData(MixpanelServer.Token, 401)] // a write token changes no table
    [InlineData(MixpanelServer.Secret, 200)]
    public async Task Lets_only_analysts_replace_a_table(string? user, int status)
    {
        var request = Put("t", "id\n1\n");
        if (user is null) request.Headers.Authorization = default;
        else request.Headers.Authorization = MixpanelServer.Basic(user, "");
        Assert.Equal(status, (await server.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Knows_no_table_of_an_endless_name() =>
        Assert.Equal(404, (await server.SendAsync(Put(new string('x', 151), "id\n1\n"))).Status);

    static HttpRequest Put(string id, string csv)
    {
        var request = MixpanelServer.Request($"/lookup-tables/{Uri.EscapeDataString(id)}", System.Text.Encoding.UTF8.GetBytes(csv), "text/csv");
        request.Method = "PUT";
        request.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Secret, "");
        return request;
    }
}
