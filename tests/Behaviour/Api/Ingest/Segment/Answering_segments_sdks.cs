using System.Text;
using Cairn.Ingestion;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Segment;

public class Answering_segments_sdks
{
    const string Message = """{"type":"track","event":"A","userId":"ann","messageId":"m-1"}""";

    readonly SegmentServer server = new();

    [Fact]
    public async Task Not_stored_is_429_with_Retry_After_which_the_browser_may_read()
    {
        server.Door.Then = _ => throw new StreamUnavailableException("away");
        var request = Sent.Json("/v1/track", Message.Replace("{\"type\"", $$"""{"writeKey":"{{SegmentServer.WriteKey}}","type" """, StringComparison.Ordinal));
        request.Headers.Origin = "https://shop.example.com";

        var answer = await server.SendAsync(request);

        Assert.Equal((429, "10"), (answer.Status, answer.Headers.RetryAfter.ToString()));
        Assert.Contains("Retry-After", answer.Headers.AccessControlExposeHeaders.ToString(), StringComparison.Ordinal);
        Assert.Equal("https://shop.example.com", answer.Headers.AccessControlAllowOrigin);
    }

    [Theory]
    [InlineData("segwritekey0123456789abcdef012:")]
    [InlineData("segwritekey0123456789abcdef012:password")]
    [InlineData("segwritekey0123456789abcdef012")] // the colon may be missing
    public async Task The_write_key_comes_by_Basic_with_an_empty_password_or_none(string basic)
    {
        var request = Sent.Json("/v1/track", Message);
        request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(basic));

        Assert.Equal(200, (await server.SendAsync(request)).Status);
    }

    [Fact]
    public async Task The_write_key_in_the_body_counts_where_the_header_has_anothers()
    {
        var request = Sent.Json("/v1/batch", $$"""{"batch":[{{Message}}],"writeKey":"{{SegmentServer.WriteKey}}"}""");
        request.Headers.Authorization = "Basic " + Convert.ToBase64String("someone:"u8);

        Assert.Equal(200, (await server.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("Basic c29tZW9uZTo=")]
    [InlineData("Basic ???")]
    [InlineData("Bearer token")]
    public async Task A_key_of_nobody_is_401(string authorization)
    {
        var staged = new SegmentServer((projects, time) => new StagedDoor(projects, time));
        var request = Sent.Json("/v1/track", Message);
        request.Headers.Authorization = authorization;

        Assert.Equal(401, (await staged.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Each_message_of_a_browsers_batch_may_carry_the_key()
    {
        StagedDoor door = null!;
        var staged = new SegmentServer((projects, time) => door = new StagedDoor(projects, time));
        var keyed = Message.Replace("{\"type\"", $$"""{"writeKey":"{{SegmentServer.WriteKey}}","type" """, StringComparison.Ordinal);

        var answer = await staged.SendAsync(Sent.Json("/v1/b", $$"""{"batch":[{{keyed}},{{Message}},{{keyed}}]}"""));

        Assert.Equal((200, """{"success":true,"rejected":[{"index":1,"reason":"MissingToken","field":""}]}"""), (answer.Status, answer.Text));
        Assert.Equal(2, door.StoredCount);
    }

    [Fact]
    public async Task RudderStacks_gzip_labelled_as_a_form_is_inflated()
    {
        var capture = Capture.Of("rudder-node.gzip", 2);
        Assert.Equal(("application/x-www-form-urlencoded", "gzip"), (capture.Headers["content-type"], capture.Headers["content-encoding"]));

        Assert.Equal(200, (await server.SendAsync(Sent.As(capture))).Status);
        Assert.Contains(server.Door.Items, item => item.Name == "Signed Up");
    }

    [Fact]
    public async Task The_message_id_is_the_key_against_duplicates()
    {
        await server.SendAsync(Sent.As(Capture.Of("segment-node.all", 1)));

        Assert.Equal("sg-2-cap", server.Door.Items.Single(item => item.Name == "Signed Up").InsertId);
        Assert.StartsWith("node-next-", server.Door.Items.Single(item => item.Name == "No Message Id").InsertId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "http")]
    [InlineData("https", "https")]
    public async Task The_settings_name_this_server_and_keep_the_counters_quiet(string forwarded, string protocol)
    {
        var request = Sent.Get("/v1/projects/any%20key/settings");
        if (forwarded != "") request.Headers["X-Forwarded-Proto"] = forwarded;

        var answer = await server.SendAsync(request);

        var segment = answer.Json["integrations"]!["Segment.io"]!;
        Assert.Equal(("127.0.0.1:18080/v1", protocol), ((string)segment["apiHost"]!, (string)segment["protocol"]!));
        Assert.Equal(0, (int)answer.Json["metrics"]!["sampleRate"]!);
    }

    [Fact]
    public async Task What_is_dropped_on_purpose_is_answered_as_taken()
    {
        server.Door.Then = batch => batch.Reject(0, RejectReason.Suppressed, "", quietly: true);

        var answer = await server.PostAsync("track", """
            "event":"A","userId":"ann"
            """);

        Assert.Equal("""{"success":true}""", answer.Text);
    }

    [Fact]
    public async Task A_batch_on_any_path_is_a_batch()
    {
        foreach (var path in (string[])["track", "t", "import", "b"])
            Assert.Equal(200, (await server.SendAsync(Sent.Json($"/v1/{path}", $$"""{"batch":[{{Message}}],"writeKey":"{{SegmentServer.WriteKey}}"}"""))).Status);

        Assert.Equal(4, server.Door.Items.Count);
    }
}
