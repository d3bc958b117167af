using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Storage;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Lake;

/// <summary>docs/operations/backup.md: a copy that is made in its order, while events come in and the lake is compacted, is a whole deployment.</summary>
public sealed class Copying_a_lake_away_and_back(ITestOutputHelper output)
{
    static readonly Dictionary<string, string> Hurried = new()
    {
        ["Schedules__CompactLake"] = "*/1 * * * * *",
        ["Compaction__AppendAfter"] = "00:00:00.2",
        ["Compaction__KeepRecentFor"] = "00:00:01",
    };

    static readonly string Day = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Keeps_everything_that_was_stored_when_the_copy_began_once()
    {
        await using var cluster = await Cluster.StartAsync(hosts: 1, partitions: 2, claimsLast: TimeSpan.FromSeconds(2), Hurried);
        using var client = cluster.Client(0);
        using var stop = new CancellationTokenSource();
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var body = 0; !stop.IsCancellationRequested; body++)
            {
                await ImportAsync(client, Enumerable.Range(body * 20, 20));
                Interlocked.Exchange(ref sent, (body + 1) * 20);
                await Task.Delay(30);
            }
        });
        await Task.Delay(4_000);
        // What is stored now, by what a report sees, has to be in the copy.
        var stored = await KeysAsync(client);
        var copied = await CopyAsync(cluster.Blobs, cluster.Keys.ProjectId, cluster.BlobsOf("copy"));
        await Task.Delay(1_000);
        await stop.CancelAsync();
        await sending;

        // Another deployment over the copy: its own hub, so nothing comes from the stream.
        await using var hub = await SharedHub.StartAsync("events", 2, TimeSpan.FromSeconds(2));
        await using var restored = await RunningCairn.StartAsync(settings: new Dictionary<string, string>(Hurried)
        {
            ["Storage"] = cluster.Azurite.ConnectionString, ["Storage__container"] = "copy", ["LocalHub__Url"] = hub.Url.AbsoluteUri,
        });
        using var reader = restored.WithBasic(cluster.Keys.ApiSecret, "");
        var found = await KeysAsync(reader);
        output.WriteLine($"{stored.Length} events when the copy of {copied} blobs began, {found.Length} in it, {sent} sent in all");
        Assert.True(stored.Length > 100, "hardly anything was stored");
        Assert.Equal(found.Distinct(), found);
        Assert.Empty(stored.Except(found));
        Assert.Empty(found.Except(Enumerable.Range(0, sent + 20).Select(KeyOf)));

        // It goes on: compaction finds its tables, and answers stay.
        await ImportAsync(reader, Enumerable.Range(1_000_000, 20));
        var later = await Eventually.AsyncUntil(keys => keys.Length == found.Length + 20, () => KeysAsync(reader), TimeSpan.FromSeconds(30));
        Assert.Equal(found.Length + 20, later.Distinct().Count());
    }

    /// <summary>In the order of the page: recent files, then the tables' logs without their pointers, then what is not there yet but for logs.</summary>
    static async Task<int> CopyAsync(IBlobStore from, string projectId, IBlobStore to)
    {
        var copied = 0;
        await CopyAllAsync($"recent/{projectId}/", _ => true);
        await CopyAllAsync("lake/", name => name.Contains("/_delta_log/", StringComparison.Ordinal) && !name.EndsWith("_last_checkpoint", StringComparison.Ordinal));
        await CopyAllAsync("", name => !name.Contains("/_delta_log/", StringComparison.Ordinal) && !name.StartsWith("leases/", StringComparison.Ordinal));
        return copied;

        async Task CopyAllAsync(string prefix, Func<string, bool> wanted)
        {
            await foreach (var blob in from.ListAsync(prefix, null, default))
            {
                // As long as a larger copy takes: rows move and files are merged meanwhile.
                await Task.Delay(80);
                // A recent file may go while it is copied: the lake has its rows.
                if (!wanted(blob.Name) || await from.ReadAsync(blob.Name, default) is not { } content) continue;
                if (await to.PutAsync(blob.Name, content.Bytes, PutCondition.IfAbsent, default) is not null) copied++;
            }
        }
    }

    static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}");

    static async Task ImportAsync(HttpClient client, IEnumerable<int> numbers)
    {
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var body = JsonSerializer.Serialize(numbers.Select(number => new
        {
            @event = "Kept",
            properties = new Dictionary<string, object> { ["distinct_id"] = $"u{number % 50}", ["time"] = nowMs, ["$insert_id"] = KeyOf(number), ["key"] = KeyOf(number) },
        }));
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    static async Task<string[]> KeysAsync(HttpClient client)
    {
        var text = await client.GetStringAsync(new Uri($"/api/2.0/export?from_date={Day}&to_date={Day}", UriKind.Relative));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties").GetProperty("key").GetString()!).Order(StringComparer.Ordinal)];
    }
}
