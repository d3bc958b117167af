using System.Text.Json;
using Cairn.Projects.Compaction;
using Cairn.Projects.Jobs;
using Cairn.Projects.Privacy;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Projects.Privacy;

/// <summary>People are erased from a running app: at once from every answer, then from every file of its data folder.</summary>
public sealed class Erasing_people : IAsyncLifetime
{
    ProjectsApp app = null!;

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync(services => services.AddSingleton(CompactionLimits.Default with { AppendAfter = TimeSpan.Zero }));

    public async Task DisposeAsync() => await app.DisposeAsync();

    string Secret => ProjectsApp.Basic(app.Keys.ApiSecret, "");

    string Of(string path) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}project_id={app.Keys.ProjectId}";

    [Fact]
    public async Task Nobody_sees_them_from_the_answer_on_and_nothing_of_them_is_in_any_file_afterwards()
    {
        await SendAsync(Event("ann-of-the-lake", "a1", device: "device-of-ann"), Event("bob-of-the-lake", "b1"));
        await SendProfileAsync("ann-of-the-lake", "ann@example.org");
        await SeenAsync("ann-of-the-lake", 2);
        await CompactAsync();
        await SendAsync(Event("ann-of-the-lake", "a2"), Event("bob-of-the-lake", "b2"));
        await SeenAsync("ann-of-the-lake", 3);
        var bob = await ActivityAsync("bob-of-the-lake");

        var made = await app.SendAsync("POST", Of("/api/v1/privacy/erasures"), """{"ids": ["$device:device-of-ann"]}""");
        Assert.Equal((202, "started"), (made.Status, made.Json.GetProperty("state").GetString()));
        Assert.Equal(404, (await app.SendAsync("GET", Of("/api/v1/activity/ann-of-the-lake"))).Status);
        Assert.Equal(404, (await app.SendAsync("GET", Of("/api/v1/profiles/ann-of-the-lake"))).Status);
        Assert.Equal(404, (await app.SendAsync("GET", Of("/api/v1/identities/ann-of-the-lake"))).Status);
        Assert.DoesNotContain("ann-of", (await app.SendAsync("GET", Of("/api/2.0/export?from_date=2026-01-01&to_date=2026-12-31"), authorization: Secret)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", (await app.SendAsync("POST", Of("/api/query/engage"), authorization: Secret)).Body, StringComparison.Ordinal);

        var done = await ErasedAsync(made.Json.GetProperty("id").GetString()!);
        var receipt = done.GetProperty("receipt");
        Assert.True(ReceiptSigner.IsGenuine(new(receipt.GetProperty("text").GetString()!, receipt.GetProperty("signature").GetString()!, receipt.GetProperty("public_key").GetString()!)));
        using var text = JsonDocument.Parse(receipt.GetProperty("text").GetString()!);
        Assert.Equal((0, "done"), (text.RootElement.GetProperty("scan").GetProperty("left").GetInt32(), text.RootElement.GetProperty("state").GetString()));
        Assert.Empty(text.RootElement.GetProperty("scan").GetProperty("elsewhere").EnumerateArray());
        Assert.Equal(1, text.RootElement.GetProperty("removed").EnumerateArray().Single(place => place.GetProperty("place").GetString() == "lake/events").GetProperty("rows").GetInt32());

        Assert.Empty(DataFolder.FilesWith(app.Folder, "ann-of-the-lake", "device-of-ann", "ann@example.org"));
        Assert.NotEmpty(DataFolder.FilesWith(app.Folder, "bob-of-the-lake"));
        Assert.Equal(bob, await ActivityAsync("bob-of-the-lake"));
    }

    [Fact]
    public async Task What_they_do_afterwards_begins_a_new_person_and_copies_of_what_went_stay_out()
    {
        await SendAsync(Event("cat-who-returns", "c1"), Event("cat-who-returns", "c2"));
        await SeenAsync("cat-who-returns", 2);
        await CompactAsync();
        var made = await app.SendAsync("POST", Of("/api/v1/privacy/erasures"), """{"ids": ["cat-who-returns"]}""");
        await ErasedAsync(made.Json.GetProperty("id").GetString()!);

        await SendAsync(Event("cat-who-returns", "c1"), Event("cat-who-returns", "c3"), Event("cat-who-returns", "c2"));
        var seen = await SeenAsync("cat-who-returns", 1);
        Assert.Equal(["c3"], seen.Json.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("insert_id").GetString()));
        await CompactAsync();
        Assert.Equal(1, (await app.SendAsync("GET", Of("/api/v1/activity/cat-who-returns"))).Json.GetProperty("entries").GetArrayLength());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ids": []}""")]
    [InlineData("""{"ids": "ann"}""")]
    [InlineData("""{"ids": [""]}""")]
    [InlineData("""{"ids": [1]}""")]
    public async Task A_request_without_ids_is_told_which_field_is_wrong(string body)
    {
        var answer = await app.SendAsync("POST", Of("/api/v1/privacy/erasures"), body);
        Assert.Equal(400, answer.Status);
        Assert.Contains("ids", answer.Body, StringComparison.Ordinal);
    }

    async Task<JsonElement> ErasedAsync(string id)
    {
        var done = await Eventually.AsyncUntil(reply => reply.Json.GetProperty("state").GetString() == "done", async () =>
        {
            await app.Services.GetRequiredService<ErasureJob>().RunAsync(default);
            return await app.SendAsync("GET", Of($"/api/v1/privacy/erasures/{id}"));
        });
        return done.Json;
    }

    async Task CompactAsync()
    {
        while (await app.Services.GetRequiredService<CompactionSchedule>().RunAsync(default) == JobEnd.LeftToAnother) await Task.Delay(50);
    }

    async Task<string> ActivityAsync(string id) => (await app.SendAsync("GET", Of($"/api/v1/activity/{id}"))).Json.GetProperty("entries").GetRawText();

    Task<Reply> SeenAsync(string id, int entries) => Eventually.AsyncUntil(
        reply => reply.Status == 200 && reply.Json.GetProperty("entries").GetArrayLength() == entries, () => app.SendAsync("GET", Of($"/api/v1/activity/{id}")));

    async Task SendAsync(params string[] events) =>
        Assert.Equal(200, (await app.SendAsync("POST", "/import", $"[{string.Join(',', events)}]", Secret)).Status);

    async Task SendProfileAsync(string id, string mail)
    {
        var update = JsonSerializer.Serialize(new[] { new Dictionary<string, object> { ["$token"] = app.Keys.Token, ["$distinct_id"] = id, ["$set"] = new Dictionary<string, string> { ["$email"] = mail } } });
        Assert.Equal(200, (await app.SendAsync("POST", "/engage", update, authorization: "")).Status);
    }

    static string Event(string id, string insertId, string? device = null)
    {
        var properties = new Dictionary<string, object> { ["time"] = 1772000000, ["distinct_id"] = id, ["$insert_id"] = insertId };
        if (device is not null) (properties["$device_id"], properties["$user_id"]) = (device, id);
        return JsonSerializer.Serialize(new { @event = "Opened", properties });
    }
}
