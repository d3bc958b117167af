using System.Text.Json;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Replays "Is it up?" of docs/operations/monitoring.md.</summary>
public sealed class Asking_whether_all_is_well
{
    [Fact]
    public async Task A_server_that_is_well_says_so_to_anybody()
    {
        await using var app = await ProjectsApp.StartAsync();
        var reply = await app.SendAsync("GET", "/api/v1/health/ready", authorization: "");
        Assert.Equal((200, "ready"), (reply.Status, reply.Json.GetProperty("status").GetString()));
        Assert.Empty(reply.Json.GetProperty("reasons").EnumerateArray());
        Assert.All(reply.Json.GetProperty("checks").EnumerateObject(), check => Assert.Equal("ok", check.Value.GetString()));
        Assert.Equal((200, "no-store"), ((await app.SendAsync("HEAD", "/api/v1/health/ready", authorization: "")).Status, reply.Headers["Cache-Control"]));
    }

    [Fact]
    public async Task A_server_whose_blobs_are_away_says_503_and_no_name_of_anything()
    {
        await using var app = await ProjectsApp.StartAsync(services => services.AddSingleton<IBlobStore>(
            new FaultyBlobStore(new InMemoryBlobStore()) { Decide = (call, _) => call is BlobCall.Find ? BlobFault.FailBefore : BlobFault.None }));
        var reply = await app.SendAsync("GET", "/api/v1/health/ready", authorization: "");
        Assert.Equal(503, reply.Status);
        Assert.Equal(
            """{"status":"unavailable","checks":{"blobs":"failing","tables":"ok","stream":"ok","consumer":"ok","compaction":"ok","jobs":"ok","reports":"ok"},"reasons":["Blobs can't be read."]}""", reply.Body);
    }

    [Fact]
    public async Task The_page_shows_the_shape_of_an_answer()
    {
        await using var app = await ProjectsApp.StartAsync();
        var page = File.ReadAllText(RepositoryFolder.Of("docs", "operations", "monitoring.md"));
        var begin = page.IndexOf("```json\n", StringComparison.Ordinal) + 8;
        using var shown = JsonDocument.Parse(page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)]);
        var reply = await app.SendAsync("GET", "/api/v1/health/ready", authorization: "");
        Assert.Equal(Names(shown.RootElement), Names(reply.Json));
        Assert.Equal(Names(shown.RootElement.GetProperty("checks")), Names(reply.Json.GetProperty("checks")));
    }

    static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
