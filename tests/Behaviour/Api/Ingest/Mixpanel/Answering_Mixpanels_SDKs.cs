using System.Text;
using Cairn.Api.Ingest.Mixpanel;
using Cairn.Ingestion;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Mixpanel;

/// <summary>The answers of /track, /engage and /groups to the byte.</summary>
public class Answering_Mixpanels_SDKs
{
    const string Good = "{\"event\":\"a\",\"properties\":{\"token\":\"" + MixpanelServer.Token + "\",\"distinct_id\":\"d\"}}";
    const string Bad = "{\"event\":\"\",\"properties\":{}}";

    [Theory]
    [InlineData("", Good, "1", "text/plain")]
    [InlineData("", "[" + Good + "," + Bad + "]", "1", "text/plain")] // one good record will do
    [InlineData("", Bad, "0", "text/plain")]
    [InlineData("", "[]", "0", "text/plain")]
    [InlineData("", "[" + Good, "0", "text/plain")]
    [InlineData("", "", "0", "text/plain")]
    [InlineData("?verbose=0", Good, "1", "text/plain")]
    [InlineData("?verbose=1", Good, """{"error":null,"status":1}""", "application/json")]
    [InlineData("?verbose=true&ip=1&_=1749988805171", Good, """{"error":null,"status":1}""", "application/json")]
    [InlineData("?verbose=1", "", """{"error":"data, missing or empty","status":0}""", "application/json")]
    [InlineData("?verbose=1", Bad, """{"error":"'event' is invalid: must not be missing","status":0}""", "application/json")]
    [InlineData("?callback=cb", Good, "cb(1);", "text/javascript")]
    [InlineData("?callback=a.b%5B0%5D", Bad, "a.b[0](0);", "text/javascript")]
    [InlineData("?callback=cb&verbose=1", Good, """cb({"error":null,"status":1});""", "text/javascript")]
    [InlineData("?strict=1", Good, "1", "text/plain")] // means nothing here
    public async Task Says_what_the_switches_ask_for(string query, string json, string body, string contentType)
    {
        var answer = await new MixpanelServer().PostAsync("/track" + query, json);
        Assert.Equal((200, body, contentType), (answer.Status, answer.Text, answer.Headers.ContentType.ToString()));
        Assert.Equal(Encoding.UTF8.GetByteCount(body), answer.Headers.ContentLength);
    }

    [Theory]
    [InlineData("alert(1)//")]
    [InlineData("1a")]
    [InlineData("a%3Cb")]
    [InlineData("a%0Ab")]
    public async Task Refuses_a_callback_that_is_no_functions_name(string callback)
    {
        var answer = await new MixpanelServer().PostAsync($"/track?callback={callback}", Good);
        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain(Uri.UnescapeDataString(callback), answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Good)]
    [InlineData(Bad)]
    public async Task Sends_a_pixel_whatever_came(string json)
    {
        var answer = await new MixpanelServer().PostAsync("/track?img=1", json);
        Assert.Equal(200, answer.Status);
        Assert.Equal("image/gif", answer.Headers.ContentType);
        Assert.StartsWith("GIF89a", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https%3A%2F%2Fgood.example.com%2Fx%3Fa%3D1", 302, "https://good.example.com/x?a=1")]
    [InlineData("https%3A%2F%2Fevil.example.com%2F", 200, "")]
    [InlineData("javascript%3Aalert(1)", 200, "")]
    [InlineData("%2F%2Fevil.example.com", 200, "")]
    public async Task Redirects_only_where_the_operator_allows_it(string redirect, int status, string location)
    {
        var server = new MixpanelServer(options: new MixpanelOptions(new HashSet<string> { "good.example.com" }));
        var answer = await server.PostAsync($"/track?redirect={redirect}", Good);
        Assert.Equal((status, location), (answer.Status, answer.Headers.Location.ToString()));
        Assert.Single(server.Door.Items);
    }

    [Theory]
    [InlineData(RejectReason.UnknownToken, "1")] // the hosted service vouches for no token either
    [InlineData(RejectReason.TooOld, "1")]
    [InlineData(RejectReason.MissingToken, "0")]
    public async Task Tells_what_the_hosted_service_would(RejectReason reason, string body)
    {
        var server = new MixpanelServer();
        server.Door.Then = batch => batch.Reject(0, reason, "");
        Assert.Equal(body, (await server.PostAsync("/track", Good)).Text);
    }

    [Theory]
    [InlineData("/track")]
    [InlineData("/engage/")]
    [InlineData("/groups")]
    public async Task Says_try_later_when_nothing_could_be_stored(string path)
    {
        var server = new MixpanelServer();
        server.Door.Then = _ => throw new StreamUnavailableException("away");
        var request = MixpanelServer.Request(path, "{}"u8.ToArray(), "application/json");
        request.Headers.Origin = "https://shop.example.com";
        var answer = await server.SendAsync(request);
        Assert.Equal((503, "10"), (answer.Status, answer.Headers.RetryAfter.ToString()));
        Assert.Equal("https://shop.example.com", answer.Headers.AccessControlAllowOrigin);
        Assert.Equal("Retry-After", answer.Headers.AccessControlExposeHeaders);
    }

    /// <summary>node attaches the project's secret to every call when it has one.</summary>
    [Fact]
    public async Task Ignores_credentials_where_it_needs_none()
    {
        var server = new MixpanelServer();
        var request = MixpanelServer.Request("/track", Encoding.UTF8.GetBytes(Good), "application/json");
        request.Headers.Authorization = MixpanelServer.Basic("wrong", "");
        Assert.Equal("1", (await server.SendAsync(request)).Text);
    }

    [Fact]
    public async Task Counts_the_good_updates_in_a_verbose_answer()
    {
        var answer = await new MixpanelServer().PostAsync("/engage?verbose=1", """[{"$token":"t","$distinct_id":"a","$set":{}},{"$token":"t","$distinct_id":"b","$unset":[]}]""");
        Assert.Equal("""{"error":null,"status":1,"num_good_events":2}""", answer.Text);
    }

    [Fact]
    public async Task Lists_bad_updates_where_it_is_strict_and_verbose_without_a_4xx()
    {
        var answer = await new MixpanelServer().PostAsync("/engage?verbose=1&strict=1", """[{"$token":"t","$distinct_id":"a","$set":{}},{"$token":"t","$set":{}}]""");
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"code":200,"error":"some data points in the request failed validation","failed_records":[{"index":1,"insert_id":"","$insert_id":"","field":"$distinct_id","message":"'$distinct_id' is invalid: must not be missing"}],"num_good_events":1,"status":1}""",
            answer.Text);
    }

    [Fact]
    public async Task Answers_every_reason_with_a_sentence()
    {
        foreach (var reason in Enum.GetValues<RejectReason>().Where(reason => reason is not RejectReason.None and not RejectReason.UnknownToken and not RejectReason.TooOld))
        {
            var server = new MixpanelServer();
            server.Door.Then = batch => batch.Reject(0, reason, "properties.x");
            var answer = await server.PostAsync("/track?verbose=1", Good);
            Assert.Equal(200, answer.Status);
            Assert.NotEqual("", answer.Json["error"]!.GetValue<string>());
            Assert.Equal(0, answer.Json["status"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Takes_a_request_whose_events_were_all_unwanted_for_good()
    {
        var server = new MixpanelServer();
        server.Door.Then = batch => batch.Reject(0, RejectReason.Suppressed, "", quietly: true);
        Assert.Equal("1", (await server.PostAsync("/track", Good)).Text);
    }

    [Fact]
    public async Task Counts_a_request_that_could_not_be_read_as_one_record()
    {
        var server = new MixpanelServer();
        var verdicts = new List<Verdict>();
        server.Door.Then = batch => verdicts.AddRange(batch.Verdicts.ToArray());
        await server.PostAsync("/track", "[" + Good + ",");
        Assert.Equal(new Verdict(RejectReason.MalformedJson, "data"), Assert.Single(verdicts));
        Assert.Empty(server.Door.Items);
    }
}
