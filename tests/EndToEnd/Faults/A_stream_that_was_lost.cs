using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Faults;

/// <summary>The hub's folder is gone between two starts: a hub made anew is another stream, and what was stored stays counted once.</summary>
public sealed class A_stream_that_was_lost
{
    [Fact]
    public async Task Begins_anew_without_losing_or_doubling_what_was_stored()
    {
        await using var cairn = await RunningCairn.StartAsync();
        await SendAsync(cairn, "before", 30);
        Assert.Equal(30, await CountAsync(cairn, 30));

        cairn.Kill();
        Directory.Delete(Path.Combine(cairn.DataFolder, "stream"), recursive: true);
        await cairn.StartAgainAsync();

        // Sequence numbers begin at 0 again; they are places of another stream.
        await SendAsync(cairn, "after", 20);
        await SendAsync(cairn, "before", 30); // retries of what was stored long ago
        Assert.Equal(50, await CountAsync(cairn, 50));
    }

    static async Task SendAsync(RunningCairn cairn, string prefix, int count)
    {
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        var dayMs = new DateTimeOffset(DateTimeOffset.UtcNow.UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var body = Enumerable.Range(0, count).Select(i => new
        {
            @event = "Kept",
            properties = new Dictionary<string, object> { ["distinct_id"] = $"u{i % 7}", ["time"] = dayMs + i, ["$insert_id"] = $"{prefix}-{i}" },
        });
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    static async Task<int> CountAsync(RunningCairn cairn, int expected)
    {
        using var reader = cairn.AsMixpanelReader();
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        async Task<int> AskAsync()
        {
            var json = await reader.GetFromJsonAsync<JsonElement>(new Uri($"/api/query/segmentation?event=Kept&from_date={today}&to_date={today}", UriKind.Relative));
            return json.GetProperty("data").GetProperty("values").TryGetProperty("Kept", out var kept) ? kept.GetProperty(today).GetInt32() : 0;
        }
        await Eventually.AsyncUntil(count => count >= expected, AskAsync);
        await Task.Delay(1500); // whatever would be counted twice has come by now
        return await AskAsync();
    }
}
