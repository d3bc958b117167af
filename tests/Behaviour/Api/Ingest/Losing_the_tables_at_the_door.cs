using Cairn.Storage;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

/// <summary>
/// A process that just started knows no token. When the tables are away as well, nobody is told that a key is wrong, for SDKs would drop what they have: each hears
/// "not stored" in the form that makes it keep its events.
/// </summary>
public class Losing_the_tables_at_the_door
{
    const string Event = """{"event_type":"a","user_id":"ann-1"}""";

    [Fact]
    public async Task Amplitudes_sdks_hear_503_and_then_429_with_every_index()
    {
        var server = new AmplitudeServer();
        server.Projects.AreAway = true;
        Assert.Equal(503, (await server.UploadAsync($"[{Event},{Event}]")).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        var later = await server.UploadAsync($"[{Event},{Event}]");
        Assert.Equal((429, "[0,1]"), (later.Status, later.Json["throttled_events"]!.ToJsonString()));

        server.Projects.AreAway = false;
        Assert.Equal(200, (await server.UploadAsync($"[{Event}]")).Status);
    }

    [Theory]
    [InlineData("/identify", "identification")]
    [InlineData("/httpapi", "event")]
    public async Task Amplitudes_forms_say_503(string path, string field)
    {
        var server = new AmplitudeServer();
        server.Projects.AreAway = true;
        Assert.Equal(503, (await server.SendAsync(Sent.Form(path, ("api_key", AmplitudeServer.ApiKey), (field, Event)))).Status);
    }

    [Fact]
    public async Task Segments_sdks_hear_429()
    {
        var server = new SegmentServer();
        server.Projects.AreAway = true;
        Assert.Equal(429, (await server.PostAsync("track", """ "event":"a","userId":"ann" """)).Status);
    }

    [Theory]
    [InlineData("/track", """[{"event":"a","properties":{"token":"t","distinct_id":"d"}}]""")]
    [InlineData("/engage", """[{"$token":"t","$distinct_id":"d","$set":{"a":1}}]""")]
    public async Task Mixpanels_sdks_hear_503(string path, string body)
    {
        var server = new MixpanelServer();
        server.Door.Then = _ => throw new StorageUnavailableException("away");
        var answer = await server.PostAsync(path, body);
        // Some of it may be in the stream: nobody is told that nothing is.
        Assert.Equal((503, """{"error":"not all of it is stored, send it again later","status":0}"""), (answer.Status, answer.Text));
    }
}
