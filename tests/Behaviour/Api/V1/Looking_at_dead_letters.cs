using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

public sealed class Looking_at_dead_letters : IAsyncLifetime
{
    readonly InMemoryEventStream stream = new();
    ProjectsApp app = null!;

    public async Task InitializeAsync()
    {
        app = await ProjectsApp.StartAsync(services => services.AddSingleton<IEventStream>(stream));
        // What the consumer does with bytes that nobody can read.
        await app.Services.GetRequiredService<StreamConsumer>().ConsumeAsync("hub-1", 3, [new(42, new byte[] { 7, 7, 7 }, DateTimeOffset.UnixEpoch)], default);
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Bytes_that_nobody_can_read_show_with_their_reason_and_go_when_dropped()
    {
        var letter = Assert.Single((await ListAsync()).EnumerateArray());
        Assert.Equal("""{"id":"hub-1~3~00000000000000000042","source":"hub-1/3/00000000000000000042","reason":"message length: 3 is out of range","at":"1970-01-01T00:00:00+00:00","bytes":3}""", letter.GetRawText());
        Assert.Equal("\a\a\a", (await app.SendAsync("GET", Letter)).Body);
        Assert.Equal(204, (await app.SendAsync("DELETE", Letter)).Status);
        Assert.Equal(404, (await app.SendAsync("DELETE", Letter)).Status);
        Assert.Equal(0, (await ListAsync()).GetArrayLength());
    }

    [Fact]
    public async Task A_replay_sends_the_bytes_again_and_a_stream_that_is_away_leaves_the_letter()
    {
        stream.Refuses = _ => true;
        Assert.Equal(503, (await app.SendAsync("POST", Letter + "/replay")).Status);
        stream.Refuses = _ => false;
        Assert.Equal(204, (await app.SendAsync("POST", Letter + "/replay")).Status);
        Assert.Equal(404, (await app.SendAsync("POST", Letter + "/replay")).Status);
        Assert.Equal([7, 7, 7], Assert.Single(stream.All).Body.ToArray());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("a~b")]
    [InlineData("~~")]
    [InlineData("%2e%2e~spool~x")]
    public async Task A_letter_that_is_none_is_not_found(string id)
    {
        foreach (var (method, path) in ((string, string)[])[("GET", id), ("POST", $"{id}/replay"), ("DELETE", id)])
            Assert.Equal(404, (await app.SendAsync(method, $"/api/v1/dead-letters/{path}")).Status);
    }

    [Fact]
    public async Task Only_the_admin_key_may_look()
    {
        foreach (var authorization in (string[])["", "Bearer wrong", ProjectsApp.Basic(app.Keys.ApiSecret, ""), ProjectsApp.Basic(app.Keys.Token, "")])
            foreach (var (method, path) in ((string, string)[])[("GET", ""), ("GET", "/x"), ("POST", "/x/replay"), ("DELETE", "/x")])
                Assert.InRange((await app.SendAsync(method, "/api/v1/dead-letters" + path, authorization: authorization)).Status, 401, 403);
        Assert.Equal(1, (await ListAsync()).GetArrayLength());
    }

    const string Letter = "/api/v1/dead-letters/hub-1~3~00000000000000000042";

    async Task<System.Text.Json.JsonElement> ListAsync() => (await app.SendAsync("GET", "/api/v1/dead-letters")).Json.GetProperty("dead_letters");
}
