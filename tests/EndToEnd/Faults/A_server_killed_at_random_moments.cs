using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Faults;

/// <summary>
/// SIGKILL under load, again and again, while clients that retry keep sending: whatever got a 200 is found exactly once, and
/// a counter that was sent once a step lies between what was acknowledged and what was sent.
/// </summary>
public sealed class A_server_killed_at_random_moments(ITestOutputHelper output)
{
    const int Seed = 20251, Senders = 4, EventsPerBody = 25;

    /// <summary>How often it is killed.</summary>
    static readonly int Kills = FullRun.Count(6, 50);

    [Fact]
    public async Task Loses_nothing_and_counts_nothing_twice()
    {
        await using var cairn = await RunningCairn.StartAsync();
        var random = new Random(Seed);
        var acknowledged = new ConcurrentBag<string>();
        int countersSent = 0, countersAcknowledged = 0;
        using var stop = new CancellationTokenSource();

        async Task SendEventsAsync(int sender)
        {
            using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
            for (var body = 0; !stop.IsCancellationRequested; body++)
            {
                var ids = Enumerable.Range(0, EventsPerBody).Select(i => $"s{sender}-b{body}-{i}").ToArray();
                var text = JsonSerializer.Serialize(ids.Select(id => new
                {
                    @event = "Survivor",
                    properties = new Dictionary<string, object>
                    {
                        ["distinct_id"] = $"user-{id.GetHashCode(StringComparison.Ordinal) & 63}",
                        ["time"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                        ["$insert_id"] = id,
                        ["key"] = id,
                    },
                }));
                // Retries like an SDK: the same body until somebody says 200.
                while (!await PostAsync(client, "/import?strict=1", text)) await Task.Delay(20, CancellationToken.None);
                foreach (var id in ids) acknowledged.Add(id);
            }
        }

        async Task SendCountersAsync()
        {
            using var client = new HttpClient { BaseAddress = cairn.Url };
            while (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref countersSent);
                var text = $$$"""[{"$token":"{{{cairn.Keys.Token}}}","$distinct_id":"counted","$add":{"steps":1}}]""";
                if (await PostAsync(client, "/engage?verbose=1", text)) Interlocked.Increment(ref countersAcknowledged);
                await Task.Delay(5, CancellationToken.None);
            }
        }

        var senders = Enumerable.Range(0, Senders).Select(SendEventsAsync).Append(SendCountersAsync()).ToArray();
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(100, 1500));
            cairn.Kill();
            await cairn.StartAgainAsync();
        }
        await Task.Delay(300);
        await stop.CancelAsync();
        await Task.WhenAll(senders);

        output.WriteLine($"seed {Seed}, {Kills} kills, {acknowledged.Count} events acknowledged, counter {countersAcknowledged} of {countersSent} acknowledged");
        var expected = acknowledged.Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(expected);
        var found = await Eventually.AsyncUntil(keys => keys.Length >= expected.Length, () => ExportedKeysAsync(cairn), TimeSpan.FromSeconds(60));
        Assert.Equal(expected, found);

        var steps = await Eventually.AsyncUntil(value => value >= countersAcknowledged, () => StepsAsync(cairn), TimeSpan.FromSeconds(60));
        Assert.InRange(steps, countersAcknowledged, countersSent);
        FullRun.Keep(this, $"seed {Seed}: {Kills} SIGKILLs under load, {acknowledged.Count:N0} events acknowledged, each found exactly once; a counter of {steps:N0}, {countersAcknowledged:N0} acknowledged of {countersSent:N0} sent");
    }

    static async Task<bool> PostAsync(HttpClient client, string path, string json)
    {
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // killed while we spoke: unknown, so an SDK sends again
        }
        catch (IOException)
        {
            return false;
        }
    }

    static async Task<string[]> ExportedKeysAsync(RunningCairn cairn)
    {
        using var reader = cairn.AsMixpanelReader();
        var today = DateTimeOffset.UtcNow;
        var range = string.Create(CultureInfo.InvariantCulture, $"from_date={today.AddDays(-1):yyyy-MM-dd}&to_date={today:yyyy-MM-dd}");
        var text = await reader.GetStringAsync(new Uri($"/api/2.0/export?{range}", UriKind.Relative));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties").GetProperty("key").GetString()!)
            .Order(StringComparer.Ordinal)];
    }

    static async Task<double> StepsAsync(RunningCairn cairn)
    {
        using var reader = cairn.AsMixpanelReader();
        using var answer = await reader.GetAsync(new Uri("/api/v1/profiles/counted", UriKind.Relative));
        if (!answer.IsSuccessStatusCode) return 0;
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("properties").GetProperty("steps").GetDouble();
    }
}
