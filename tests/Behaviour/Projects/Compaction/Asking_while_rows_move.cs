using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace Cairn.Behaviour.Projects.Compaction;

/// <summary>The whole app: what was sent is counted once, wherever its rows are on their way into the lake.</summary>
public class Asking_while_rows_move
{
    [Fact]
    public async Task An_answer_counts_every_event_once_before_while_and_after()
    {
        var limits = CompactionLimits.Default with { AppendAfter = TimeSpan.Zero, KeepRecentFor = TimeSpan.Zero, Merges = MergeLimits.Default with { FanIn = 2 } };
        await using var app = await ProjectsApp.StartAsync(services => services.Replace(ServiceDescriptor.Singleton(limits)));
        var secret = ProjectsApp.Basic(app.Keys.ApiSecret, "");
        var tables = app.Services.GetRequiredService<LakeTables>();
        var firstMs = DateTimeOffset.UtcNow.AddMinutes(-30).ToUnixTimeMilliseconds();
        var sent = 0;
        for (var batch = 0; batch < 6; batch++)
        {
            // Each brings ten new events, and the last ones of the batch before once more.
            var events = Enumerable.Range(Math.Max(0, sent - 3), sent == 0 ? 10 : 13);
            var body = $"[{string.Join(",", events.Select(number => $$"""{"event": "view", "properties": {"distinct_id": "u{{number % 7}}", "time": {{firstMs + number}}, "$insert_id": "i{{number}}"} }"""))}]";
            Assert.Equal(200, (await app.SendAsync("POST", "/import?strict=1", body, secret)).Status);
            sent += 10;
            Assert.Equal(sent, await Eventually.AsyncUntil(count => count == sent, () => CountAsync(app)));
            await app.SendAsync("POST", "/admin/functions/CompactLake", "{}");
            Assert.Equal(sent, await CountAsync(app));
        }
        var held = await Eventually.AsyncUntil(rows => rows == sent, async () =>
        {
            await app.SendAsync("POST", "/admin/functions/CompactLake", "{}");
            Assert.Equal(sent, await CountAsync(app));
            return (await tables[app.Keys.ProjectId, RowLayout.Events].ReadAsync(default))?.Files.Values.Sum(file => file.Statistics!.RowCount!.Value) ?? 0;
        });
        Assert.Equal(sent, held);
        var blobs = app.Services.GetRequiredService<IBlobStore>();
        Assert.Empty(await Eventually.AsyncUntil(left => left.Count == 0, async () =>
        {
            await app.SendAsync("POST", "/admin/functions/CompactLake", "{}");
            var left = new List<string>();
            await foreach (var blob in blobs.ListAsync($"recent/{app.Keys.ProjectId}/events/", null, default)) left.Add(blob.Name);
            return left;
        }));
        Assert.Equal(sent, await CountAsync(app));
    }

    static async Task<long> CountAsync(ProjectsApp app)
    {
        var day = DateTimeOffset.UtcNow;
        var reply = await app.SendAsync("POST", "/api/v1/query/segmentation", $$"""
            {"range": {"from": "{{day.AddDays(-1):yyyy-MM-dd}}", "to": "{{day:yyyy-MM-dd}}"}, "unit": "day", "events": [{"event": "view"}]}
            """, ProjectsApp.Basic(app.Keys.ApiSecret, ""));
        Assert.True(reply.Status == 200, reply.Body);
        return (long)reply.Json.GetProperty("series").EnumerateArray().Sum(series => series.GetProperty("values").EnumerateArray().Sum(value => value.GetDouble()));
    }
}
