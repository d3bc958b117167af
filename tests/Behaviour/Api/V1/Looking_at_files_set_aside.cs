using System.Text.RegularExpressions;
using Cairn.Projects.Compaction;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Recent;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>A recent file is damaged under a running app: who asks hears its name, an operator finds it aside, and mended it comes back.</summary>
public sealed class Looking_at_files_set_aside : IAsyncLifetime
{
    ProjectsApp app = null!;

    IBlobStore Blobs => app.Services.GetRequiredService<IBlobStore>();

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync(services => services.AddSingleton(CompactionLimits.Default with { AppendAfter = TimeSpan.Zero }));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task It_is_named_set_aside_and_restored()
    {
        var activity = $"/api/v1/activity/ann?project_id={app.Keys.ProjectId}";
        Assert.Equal(200, (await app.SendAsync("POST", "/import", """[{"event":"Opened","properties":{"time":1772000000,"distinct_id":"ann","$insert_id":"a1"}}]""", ProjectsApp.Basic(app.Keys.ApiSecret, ""))).Status);
        await Eventually.AsyncUntil(reply => reply.Status == 200, () => app.SendAsync("GET", activity));
        var (name, whole) = await TearAsync();

        // The reader that saw the file before knows it; a new one meets it as it is.
        var aside = await Eventually.AsyncUntil(reply => reply.Json.GetProperty("set_aside").GetArrayLength() == 1, async () =>
        {
            await app.Services.GetRequiredService<CompactionSchedule>().RunAsync(default);
            return await app.SendAsync("GET", "/api/v1/set-aside");
        });
        var file = aside.Json.GetProperty("set_aside")[0];
        Assert.Equal(name, file.GetProperty("file").GetString());
        Assert.Contains(name, file.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await app.SendAsync("GET", activity)).Status);

        var one = $"/api/v1/set-aside/{file.GetProperty("id").GetString()}";
        Assert.Equal(200, (await app.SendAsync("GET", one)).Status);
        var refused = await app.SendAsync("POST", one + "/restore");
        Assert.Equal((409, true), (refused.Status, refused.Body.Contains(name, StringComparison.Ordinal)));
        await Blobs.PutAsync(file.GetProperty("blob").GetString()!, whole, PutCondition.None, default);
        Assert.Equal(204, (await app.SendAsync("POST", one + "/restore")).Status);
        Assert.Equal(404, (await app.SendAsync("POST", one + "/restore")).Status);
        Assert.Equal(1, (await app.SendAsync("GET", activity)).Json.GetProperty("entries").GetArrayLength());
        Assert.Equal(0, (await app.SendAsync("GET", "/api/v1/set-aside")).Json.GetProperty("set_aside").GetArrayLength());
    }

    [Theory]
    [InlineData("/api/v1/activity/bob", "urn:cairn:damaged-file")]
    [InlineData("/api/query/events/names", "A stored file is damaged: ")]
    [InlineData("/api/2/events/list", "A stored file is damaged")]
    public async Task Whoever_asks_before_hears_its_name(string route, string words)
    {
        await Blobs.PutAsync($"recent/{app.Keys.ProjectId}/events/hub/0/00000000000000000001-00000000000000000002-x.parquet", new byte[5_000], PutCondition.None, default);
        var answer = await app.SendAsync("GET", $"{route}?project_id={app.Keys.ProjectId}", authorization: route.StartsWith("/api/2", StringComparison.Ordinal) ? ProjectsApp.Basic(app.Keys.ApiKey, app.Keys.ApiSecret) : ProjectsApp.Basic(app.Keys.ApiSecret, ""));
        // The timer may have been faster: then the file is aside already.
        if (answer.Status != 500) Assert.Equal(1, (await app.SendAsync("GET", "/api/v1/set-aside")).Json.GetProperty("set_aside").GetArrayLength());
        else Assert.True(answer.Body.Contains(words, StringComparison.Ordinal) && answer.Body.Contains("00000000000000000001-00000000000000000002-x.parquet", StringComparison.Ordinal), answer.Body);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("a~b")]
    [InlineData("~~")]
    [InlineData("%2e%2e~recent~x")]
    public async Task A_file_that_is_none_is_not_found(string id)
    {
        foreach (var (method, path) in ((string, string)[])[("GET", id), ("POST", $"{id}/restore"), ("DELETE", id)])
            Assert.Equal(404, (await app.SendAsync(method, $"/api/v1/set-aside/{path}")).Status);
    }

    [Fact]
    public async Task Only_the_admin_key_may_look()
    {
        foreach (var authorization in (string[])["", "Bearer wrong", ProjectsApp.Basic(app.Keys.ApiSecret, ""), ProjectsApp.Basic(app.Keys.Token, "")])
            foreach (var (method, path) in ((string, string)[])[("GET", ""), ("GET", "/x"), ("POST", "/x/restore"), ("DELETE", "/x")])
                Assert.InRange((await app.SendAsync(method, "/api/v1/set-aside" + path, authorization: authorization)).Status, 401, 403);
    }

    [Fact]
    public async Task The_documented_routes_are_those_there_are()
    {
        var page = await File.ReadAllTextAsync(RepositoryFolder.Of("docs", "operations", "set-aside.md"));
        var told = Regex.Matches(page, @"curl -sf?( -X [A-Z]+)? ""\$url(/api/v1/set-aside[^""?]*)").Select(match => $"{(match.Groups[1].Length == 0 ? "GET" : match.Groups[1].Value.Trim()[3..])} {match.Groups[2].Value.Replace("$id", "{fileId}", StringComparison.Ordinal)}").Distinct();
        var there = ListedFunction.Golden.Where(function => function.Route.StartsWith("api/v1/set-aside", StringComparison.Ordinal)).Select(function => $"{function.Signature.Split('|')[1].Trim()} /{function.Route}");
        Assert.Equal(there.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    /// <summary>The end of the newest recent file is lost.</summary>
    async Task<(string Name, ReadOnlyMemory<byte> Whole)> TearAsync()
    {
        var names = new List<string>();
        await foreach (var entry in Blobs.ListAsync($"{RecentLayout.Folder}{app.Keys.ProjectId}/events/", null, default)) names.Add(entry.Name);
        var whole = (await Blobs.ReadAsync(names[^1], default))!.Bytes;
        await Blobs.PutAsync(names[^1], whole[..(whole.Length * 2 / 3)], PutCondition.None, default);
        return (names[^1], whole);
    }
}
