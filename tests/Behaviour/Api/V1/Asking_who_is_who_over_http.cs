using System.Text;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

public sealed class Asking_who_is_who_over_http : IAsyncLifetime
{
    readonly RecordingDoor door = new();
    ProjectsApp app = null!;

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync(services => services.AddSingleton<IIngestDoor>(door));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_profile_is_found_by_any_id_of_its_person()
    {
        await ClaimAsync(LinkRule.AmplitudeDeviceAndUser, "ann", "$device:D/1");
        await UpdateAsync("ann", """{"set": {"plan": "pro", "n": 1.50}}""");
        foreach (var path in new[] { "/api/v1/profiles/ann", "/api/v1/profiles/$device:D%2F1", "/api/v1/profiles/$device:D/1", "/api/v1/profiles?id=%24device%3AD%2F1" })
        {
            var found = await SendAsync("GET", path);
            Assert.Equal(200, found.Status);
            Assert.Equal("ann", found.Json.GetProperty("person").GetString());
            Assert.Equal("""{"plan":"pro","n":1.50}""", found.Json.GetProperty("properties").GetRawText());
            Assert.Equal("2026-02-03T04:05:06.789Z", found.Json.GetProperty("updated_at").GetString());
            Assert.Equal(
                """[{"id":"ann","linked_by":null,"linked_to":null,"linked_at":null,"profile":"always"},{"id":"$device:D/1","linked_by":"amplitude_device_and_user","linked_to":"ann","linked_at":"2026-02-03T04:05:06.789Z","profile":"always"}]""",
                found.Json.GetProperty("ids").GetRawText());
        }
    }

    [Fact]
    public async Task An_unknown_id_is_a_problem_that_says_so()
    {
        foreach (var path in new[] { "/api/v1/profiles/nobody", "/api/v1/identities/nobody" })
        {
            var answer = await SendAsync("GET", path);
            Assert.Equal((404, "urn:cairn:not-found"), (answer.Status, answer.Json.GetProperty("type").GetString()));
        }
        Assert.Equal(400, (await SendAsync("GET", "/api/v1/profiles")).Status);
    }

    [Fact]
    public async Task An_identity_tells_its_ids_and_what_was_turned_down()
    {
        await ClaimAsync(LinkRule.MixpanelDeviceAndUser, "ann", "$device:D1");
        await ClaimAsync(LinkRule.MixpanelDeviceAndUser, "bob", "$device:D1", item: 2);
        var found = await SendAsync("GET", "/api/v1/identities/ann");
        Assert.Equal(["ann", "$device:D1"], found.Json.GetProperty("ids").EnumerateArray().Select(id => id.GetProperty("id").GetString()));
        Assert.Equal(
            """[{"id":"bob","other_id":"$device:D1","rule":"mixpanel_device_and_user","reason":"device_has_another_user","received_at":"2026-02-03T04:05:06.789Z"}]""",
            found.Json.GetProperty("refusals").GetRawText());
    }

    [Theory]
    [InlineData("link", LinkRule.ByHand)]
    [InlineData("undo", LinkRule.Undone)]
    public async Task A_decision_by_hand_goes_in_by_the_door(string decision, LinkRule rule)
    {
        var answer = await SendAsync("POST", $"/api/v1/identities/{decision}", """{"ids": ["ann", "$device:Ünï"]}""");
        Assert.Equal(202, answer.Status);
        var claim = Assert.Single(door.Items);
        Assert.Equal((ItemKind.LinkClaim, rule, "ann", "$device:Ünï"), (claim.Kind, claim.Rule, claim.DistinctId, claim.OtherId));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"ids": ["a"]}""")]
    [InlineData("""{"ids": ["a", "b", "c"]}""")]
    [InlineData("""{"ids": ["a", "a"]}""")]
    [InlineData("""{"ids": ["a", ""]}""")]
    [InlineData("""{"ids": ["a", "undefined"]}""")]
    [InlineData("""{"ids": "a"}""")]
    [InlineData("""{"ids": ["a", "b"], "why": "x"}""")]
    public async Task A_decision_that_can_not_be_names_the_field(string body)
    {
        var answer = await SendAsync("POST", "/api/v1/identities/link", body);
        Assert.Equal((400, "urn:cairn:invalid-field"), (answer.Status, answer.Json.GetProperty("type").GetString()));
        Assert.Empty(door.Items);
    }

    [Fact]
    public async Task A_stream_that_is_away_is_said_so()
    {
        door.Then = _ => throw new StreamUnavailableException("away");
        var answer = await SendAsync("POST", "/api/v1/identities/link", """{"ids": ["a", "b"]}""");
        Assert.Equal((503, "5"), (answer.Status, answer.Headers["Retry-After"]));
    }

    [Theory]
    [InlineData("GET", "/api/v1/profiles/ann")]
    [InlineData("GET", "/api/v1/identities/ann")]
    [InlineData("POST", "/api/v1/identities/link")]
    [InlineData("POST", "/api/v1/identities/undo")]
    public async Task Nobody_asks_without_credentials_or_about_another_project(string method, string path)
    {
        Assert.Equal(401, (await app.SendAsync(method, path, authorization: "")).Status);
        Assert.Equal(401, (await app.SendAsync(method, path, authorization: ProjectsApp.Basic("wrong", ""))).Status);
        Assert.Equal(403, (await app.SendAsync(method, path + "?project_id=other", authorization: ProjectsApp.Basic(app.Keys.ApiSecret, ""))).Status);
        Assert.Equal(403, (await app.SendAsync(method, path, authorization: ProjectsApp.Basic(app.Keys.Token, ""))).Status);
    }

    Task<Reply> SendAsync(string method, string path, string? json = null) =>
        app.SendAsync(method, path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "project_id=" + app.Keys.ProjectId, json);

    Task ClaimAsync(LinkRule rule, string id, string otherId, int item = 1) => app.Services.GetRequiredService<IdentityStore>()
        .ApplyAsync(app.Keys.ProjectId, [new(Place(item), rule, id, otherId)], CancellationToken.None);

    Task UpdateAsync(string id, string body) => app.Services.GetRequiredService<ProfileStore>()
        .ApplyAsync(app.Keys.ProjectId, [new(id, new(Place(9), Encoding.UTF8.GetBytes(body)), "s/0", 1, 0)], CancellationToken.None);

    static ReceiptOrder Place(int item) => new(new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero).ToUnixTimeMilliseconds(), new(1, 1, item));
}
