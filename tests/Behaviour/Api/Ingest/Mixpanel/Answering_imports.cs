using System.Text;
using Cairn.Ingestion;
using Cairn.Model.Identity;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Mixpanel;

public class Answering_imports
{
    const string Good = """{"event":"a","properties":{"time":1749988800,"distinct_id":"d","$insert_id":"i-1"}}""";
    const string Bad = """{"event":"a","properties":{"time":"2025-06-15","distinct_id":"d","$insert_id":"i-2"}}""";
    const string Nothing = """{"event":"","properties":{"$insert_id":"i-3"}}""";
    const string Failure = "some data points in the request failed validation";

    const string BadRecord =
        """{"index":1,"insert_id":"i-2","$insert_id":"i-2","field":"properties.time","message":"'properties.time' is invalid: must be specified as seconds since epoch"}""";

    [Theory]
    [InlineData("?strict=1", "[" + Good + "]", 200, """{"code":200,"num_records_imported":1,"status":"OK"}""")]
    [InlineData("?strict=1&verbose=1", "[" + Good + "]", 200, """{"code":200,"error":null,"num_records_imported":1,"status":1}""")]
    [InlineData("?strict=0&verbose=1", "[" + Good + "," + Good + "]", 200, """{"code":200,"error":null,"num_records_imported":2,"status":1}""")]
    [InlineData("?verbose=1", "[" + Good + "," + Nothing + "]", 200, """{"code":200,"error":null,"num_records_imported":1,"status":1}""")]
    [InlineData("?verbose=1", "[" + Nothing + "]", 200, """{"code":200,"error":"some data points in the request failed validation","num_records_imported":0,"status":0}""")]
    [InlineData("", "[" + Good + "]", 200, "1")]
    [InlineData("", "[" + Good + "," + Nothing + "]", 200, "1")]
    [InlineData("", "[" + Nothing + "]", 200, "0")]
    [InlineData("", "[" + Good, 200, "0")]
    [InlineData("?verbose=1", "", 200, """{"code":200,"error":"data, missing or empty","num_records_imported":0,"status":0}""")]
    [InlineData("?strict=1", "", 400, """{"code":400,"error":"data, missing or empty","failed_records":[],"num_records_imported":0,"status":"Bad Request"}""")]
    public async Task Follows_the_matrix(string query, string json, int status, string body)
    {
        var answer = await new MixpanelServer().ImportAsync(query, json);
        Assert.Equal((status, body), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("?strict=1")]
    [InlineData("?strict=1&verbose=1")]
    public async Task Lists_each_bad_record_and_stores_the_good_ones(string query)
    {
        var server = new MixpanelServer();
        var answer = await server.ImportAsync(query, $"[{Good},{Bad}]");
        Assert.Equal(400, answer.Status);
        Assert.Equal($$"""{"code":400,"error":"{{Failure}}","failed_records":[{{BadRecord}}],"num_records_imported":1,"status":"Bad Request"}""", answer.Text);
        Assert.Equal("i-1", server.Door.Items[0].InsertId);
    }

    [Theory]
    [InlineData("application/x-ndjson", Good + "\n" + Good)]
    [InlineData("application/x-ndjson", "\n" + Good + "\r\n\r\n" + Good + "\n")]
    [InlineData("application/json", Good + "\n" + Good)] // lines under another name
    [InlineData("application/json", "[" + Good + ",\n" + Good + "]")]
    [InlineData("text/plain", "\uFEFF[" + Good + "," + Good + "]")]
    public async Task Reads_arrays_and_lines(string contentType, string json)
    {
        var server = new MixpanelServer();
        var answer = await server.ImportAsync("?strict=1", json, contentType);
        Assert.Equal("""{"code":200,"num_records_imported":2,"status":"OK"}""", answer.Text);
    }

    [Fact]
    public async Task Reads_one_object_over_several_lines()
    {
        var answer = await new MixpanelServer().ImportAsync("?strict=1", Good.Replace(",", ",\n  ", StringComparison.Ordinal));
        Assert.Equal("""{"code":200,"num_records_imported":1,"status":"OK"}""", answer.Text);
    }

    [Fact]
    public async Task Saves_the_good_lines_around_a_broken_one()
    {
        var server = new MixpanelServer();
        var answer = await server.ImportAsync("?strict=1", $"{Good}\n{{\"event\":\n{Good}\n\"text\"\n", "application/x-ndjson");
        Assert.Equal(400, answer.Status);
        Assert.Equal(2, answer.Json["num_records_imported"]!.GetValue<int>());
        Assert.Equal([1, 3], answer.Json["failed_records"]!.AsArray().Select(record => record!["index"]!.GetValue<int>()));
        Assert.Equal("record is invalid: must be valid JSON", answer.Json["failed_records"]![0]!["message"]!.GetValue<string>());
        Assert.Equal("record is invalid: must be an object", answer.Json["failed_records"]![1]!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Takes_2000_events_and_refuses_one_more()
    {
        var server = new MixpanelServer();
        Assert.Equal(200, (await server.ImportAsync("?strict=1", $"[{string.Join(',', Enumerable.Repeat(Good, 2000))}]")).Status);
        var answer = await server.ImportAsync("?strict=1", $"[{string.Join(',', Enumerable.Repeat(Good, 2001))}]");
        Assert.Equal((413, """{"code":413,"error":"request exceeds max limit of 2000 records","status":"Request Entity Too Large"}"""), (answer.Status, answer.Text));
        Assert.Equal(2000, server.Door.Items.Count);
    }

    [Fact]
    public async Task Refuses_a_body_past_the_limit()
    {
        var answer = await new MixpanelServer().ImportAsync("?strict=1", new string(' ', 10 * 1024 * 1024 + 1));
        Assert.Equal((413, """{"code":413,"error":"request exceeds max limit of 10485760 bytes","status":"Request Entity Too Large"}"""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData(null, "", 401, "Invalid credentials")]
    [InlineData("Basic d3Jvbmc6d3Jvbmc=", "", 401, "Invalid credentials")]
    [InlineData("Bearer wrong", "", 401, "Invalid credentials")]
    [InlineData(MixpanelServer.Secret + ":", "", 200, null)]
    [InlineData(MixpanelServer.Token + ":", "", 200, null)]
    [InlineData(MixpanelServer.Account + ":" + MixpanelServer.AccountSecret, "&project_id=12345", 200, null)]
    [InlineData(MixpanelServer.Account + ":" + MixpanelServer.AccountSecret, "&project_id=6", 401, "Credentials in request did not match project_id URL parameter")]
    [InlineData(MixpanelServer.Account + ":wrong", "&project_id=12345", 401, "Invalid credentials")]
    [InlineData(null, "&api_key=" + MixpanelServer.Secret, 200, null)]
    [InlineData(null, "&api_key=" + MixpanelServer.Token, 200, null)]
    [InlineData(null, "&api_key=wrong", 401, "Invalid credentials")]
    [InlineData(null, "&api_key=" + MixpanelServer.Secret + "&project_id=6", 401, "Credentials in request did not match project_id URL parameter")]
    [InlineData("Bearer " + MixpanelServer.AdminKey, "&project_id=12345", 200, null)]
    [InlineData("Bearer " + MixpanelServer.AdminKey, "", 400, "These credentials are for all projects, so say which: project_id.")]
    public async Task Wants_credentials(string? credentials, string query, int status, string? error)
    {
        var server = new MixpanelServer();
        var request = MixpanelServer.Request("/import?strict=1" + query, Encoding.UTF8.GetBytes($"[{Good}]"), "application/json");
        if (credentials is not null)
            request.Headers.Authorization = credentials.Contains(' ', StringComparison.Ordinal)
                ? credentials
                : MixpanelServer.Basic(credentials.Split(':')[0], credentials.Split(':')[1]);
        var answer = await server.SendAsync(request);
        Assert.Equal((status, error), (answer.Status, answer.Json["error"]?.GetValue<string>()));
        Assert.Equal(status == 200 ? 1 : 0, server.Door.Items.Count);
        if (status == 401) Assert.Equal(("Unauthorized", 401), (answer.Json["status"]!.GetValue<string>(), answer.Json["code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Takes_the_project_of_the_credentials_whatever_token_a_record_has()
    {
        var server = new MixpanelServer();
        IngestProject? project = null;
        server.Door.Then = batch => project = batch.RequestProject;
        await server.ImportAsync("", Good.Replace("\"time\"", "\"token\":\"another\",\"time\"", StringComparison.Ordinal));
        Assert.Equal(server.Project, project);
    }

    /// <summary>
    /// mixpanel-import learns the identity system so: one event with a device and a user but no distinct_id, four years old, in milliseconds.
    /// Source: ak--47/mixpanel-import, components/validators.js.
    /// </summary>
    [Theory]
    [InlineData(IdentityMode.Simplified, 200, null)]
    [InlineData(IdentityMode.Original, 400, "'properties.distinct_id' is invalid: must not be missing")]
    public async Task Answers_the_probe_of_the_identity_system(IdentityMode mode, int status, string? message)
    {
        var server = new MixpanelServer(mode);
        var request = MixpanelServer.Request("/import?strict=1", Encoding.UTF8.GetBytes(
            """[{"event":"test","properties":{"time":1623758400000,"$device_id":"knock","$user_id":"knock","$insert_id":"whose"}}]"""), "application/json");
        request.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Token, "");
        var answer = await server.SendAsync(request);
        Assert.Equal(status, answer.Status);
        Assert.Equal(message, answer.Json["failed_records"]?[0]?["message"]?.GetValue<string>());
    }

    [Fact]
    public async Task Says_try_later_when_nothing_could_be_stored()
    {
        var server = new MixpanelServer();
        server.Door.Then = _ => throw new StreamUnavailableException("away");
        var answer = await server.ImportAsync("?strict=1", Good);
        Assert.Equal((503, "10", 503), (answer.Status, answer.Headers.RetryAfter.ToString(), answer.Json["code"]!.GetValue<int>()));
    }
}
