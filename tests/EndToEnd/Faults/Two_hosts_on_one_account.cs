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
/// Two hosts share one storage account, over the real protocols, and one hub, as instances on Azure do; now one and now the other is killed while clients that retry keep sending
/// to whoever answers. The one that is left takes the partitions over, compacts and counts; whatever got a 200 is there exactly once.
/// </summary>
public sealed class Two_hosts_on_one_account(ITestOutputHelper output)
{
    const int Seed = 70_071, Senders = 3, EventsPerBody = 20, Partitions = 4;

    /// <summary>How often one of them is killed.</summary>
    static readonly int Kills = FullRun.Count(4, 40);

    static readonly string[] Names = ["Opened", "Searched", "Bought"];

    /// <summary>So fast that every part of the pipeline is met by kills: rows go into the lake, recent files are deleted and days are counted all the while.</summary>
    static readonly Dictionary<string, string> Hurried = new()
    {
        ["Schedules__CompactLake"] = "*/2 * * * * *",
        ["Schedules__ReplaySpool"] = "*/2 * * * * *",
        ["Compaction__AppendAfter"] = "00:00:01",
        ["Compaction__KeepRecentFor"] = "00:00:05",
    };

    /// <summary>Days whose events are sent: two that have closed, so that the schedule counts them, and today.</summary>
    static readonly DateOnly[] Days = [.. Enumerable.Range(-3, 3).Append(0).Select(day => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays((long)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalDays + day)))];

    [Fact]
    public async Task Lose_nothing_and_count_nothing_twice_while_one_is_killed_again_and_again()
    {
        await using var cluster = await Cluster.StartAsync(hosts: 2, Partitions, claimsLast: TimeSpan.FromSeconds(1.5), Hurried);
        var random = new Random(Seed);
        var acknowledged = new ConcurrentBag<(string Key, string Name, DateOnly Day, string User)>();
        int stepsSent = 0, stepsAcknowledged = 0;
        using var stop = new CancellationTokenSource();
        var clients = new[] { cluster.Client(0), cluster.Client(1) };

        async Task SendEventsAsync(int sender)
        {
            var own = new Random(Seed + sender);
            for (var body = 0; !stop.IsCancellationRequested; body++)
            {
                var events = Enumerable.Range(0, EventsPerBody)
                    .Select(i => (Key: $"s{sender}-b{body}-{i}", Name: Names[own.Next(Names.Length)], Day: Days[own.Next(Days.Length)], User: $"user-{own.Next(40)}")).ToList();
                var text = JsonSerializer.Serialize(events.Select(one => new
                {
                    @event = one.Name,
                    properties = new Dictionary<string, object>
                    {
                        ["distinct_id"] = one.User,
                        ["time"] = new DateTimeOffset(one.Day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() + 1,
                        ["$insert_id"] = one.Key,
                        ["key"] = one.Key,
                    },
                }));
                // Retries like an SDK behind a load balancer: the same body to one or the other, until somebody says 200.
                while (!await PostAsync(clients[own.Next(2)], "/import?strict=1", text)) await Task.Delay(20, CancellationToken.None);
                foreach (var one in events) acknowledged.Add(one);
                await Task.Delay(10, CancellationToken.None);
            }
        }

        async Task SendStepsAsync()
        {
            var own = new Random(Seed - 1);
            while (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref stepsSent);
                if (await PostAsync(clients[own.Next(2)], "/engage?verbose=1", $$$"""[{"$token":"{{{cluster.Keys.Token}}}","$distinct_id":"counted","$add":{"steps":1}}]""")) Interlocked.Increment(ref stepsAcknowledged);
                await Task.Delay(20, CancellationToken.None);
            }
        }

        var senders = Enumerable.Range(0, Senders).Select(SendEventsAsync).Append(SendStepsAsync()).ToArray();
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(300, 2_000));
            // Whoever is asked to count the days may be the one that dies over it.
            await CountDaysAsync(clients[random.Next(2)]);
            var host = cluster.Hosts[random.Next(2)];
            await Task.Delay(random.Next(0, 300));
            host.Kill();
            await Task.Delay(random.Next(0, 3_000));
            await host.StartAgainAsync();
        }
        await Task.Delay(300);
        await stop.CancelAsync();
        await Task.WhenAll(senders);

        var expected = acknowledged.Select(one => one.Key).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(expected);
        for (var host = 0; host < 2; host++)
        {
            var found = await Eventually.AsyncUntil(keys => keys.Length >= expected.Length, () => ExportedKeysAsync(clients[host]), TimeSpan.FromSeconds(60));
            Assert.Equal(expected, found);
        }
        var steps = await Eventually.AsyncUntil(value => value >= stepsAcknowledged, () => StepsAsync(clients[0]), TimeSpan.FromSeconds(60));
        Assert.InRange(steps, stepsAcknowledged, stepsSent);

        var counted = await Eventually.AsyncUntil(
            days => days == Expected(acknowledged),
            async () =>
            {
                await CountDaysAsync(clients[random.Next(2)]);
                await Task.Delay(500);
                return await CountedDaysAsync(clients[random.Next(2)]);
            },
            TimeSpan.FromSeconds(90));
        Assert.Equal(Expected(acknowledged), counted);

        // Once nothing is recent any more, the answers are the lake's alone, and the same.
        var left = await Eventually.AsyncUntil(count => count == 0, () => RecentFilesAsync(cluster), TimeSpan.FromSeconds(90));
        Assert.Equal(0, left);
        Assert.Equal(expected, await ExportedKeysAsync(clients[1]));
        Assert.Equal(steps, await StepsAsync(clients[1]));
        Assert.Equal("ready", (await AskAsync(clients[0], "/api/v1/health/ready")).GetProperty("status").GetString());

        var saw = $"seed {Seed}: {Kills} SIGKILLs of one of two hosts on one account and one hub, {cluster.Hub.TakenOver} partitions taken over, {cluster.Hub.Delivered - cluster.Hub.Taken.Messages} messages delivered again; {expected.Length:N0} events acknowledged, each found exactly once by both, and in the daily counts; a counter of {steps:N0}, {stepsAcknowledged:N0} acknowledged of {stepsSent:N0} sent";
        output.WriteLine(saw);
        FullRun.Keep(this, saw);
    }

    /// <summary>By day and name: how often, and by how many people.</summary>
    static string Expected(IEnumerable<(string Key, string Name, DateOnly Day, string User)> events) => string.Join('\n', events
        .Where(one => one.Day != Days[^1])
        .GroupBy(one => (one.Day, one.Name))
        .OrderBy(group => group.Key.Day).ThenBy(group => group.Key.Name, StringComparer.Ordinal)
        .Select(group => $"{group.Key.Day:yyyy-MM-dd} {group.Key.Name} {group.Count()} {group.Select(one => one.User).Distinct().Count()}"));

    static async Task<string> CountedDaysAsync(HttpClient client)
    {
        var answer = await AskAsync(client, string.Create(CultureInfo.InvariantCulture, $"/api/v1/aggregates/events-by-name?from={Days[0]:yyyy-MM-dd}&to={Days[^2]:yyyy-MM-dd}"));
        return string.Join('\n', answer.GetProperty("days").EnumerateArray().OrderBy(day => day.GetProperty("date").GetString(), StringComparer.Ordinal).SelectMany(day => day.GetProperty("events").EnumerateArray()
            .OrderBy(one => one.GetProperty("name").GetString(), StringComparer.Ordinal)
            .Select(one => $"{day.GetProperty("date").GetString()} {one.GetProperty("name").GetString()} {one.GetProperty("count").GetInt64()} {one.GetProperty("users").GetInt64()}")));
    }

    static Task<bool> CountDaysAsync(HttpClient client) => PostAsync(client, "/admin/functions/EventsByNameSchedule", "{}");

    static async Task<int> RecentFilesAsync(Cluster cluster)
    {
        var files = 0;
        await foreach (var _ in cluster.Blobs.ListAsync($"recent/{cluster.Keys.ProjectId}/", null, default)) files++;
        return files;
    }

    static async Task<bool> PostAsync(HttpClient client, string path, string json)
    {
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return false; // killed while we spoke: unknown, so an SDK sends again
        }
    }

    static async Task<JsonElement> AskAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    static async Task<string[]> ExportedKeysAsync(HttpClient client)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"from_date={Days[0]:yyyy-MM-dd}&to_date={Days[^1]:yyyy-MM-dd}");
        var text = await client.GetStringAsync(new Uri($"/api/2.0/export?{range}", UriKind.Relative));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties").GetProperty("key").GetString()!)
            .Order(StringComparer.Ordinal)];
    }

    static async Task<double> StepsAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/v1/profiles/counted", UriKind.Relative));
        if (!answer.IsSuccessStatusCode) return 0;
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("properties").GetProperty("steps").GetDouble();
    }
}
