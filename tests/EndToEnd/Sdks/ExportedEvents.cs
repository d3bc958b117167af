using System.Globalization;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.EndToEnd.Sdks;

/// <summary>What Mixpanel's raw export gives back: every event, one JSON object a line.</summary>
sealed class ExportedEvents(IReadOnlyList<JsonElement> lines)
{
    /// <summary>Asks until there are at least <paramref name="count"/> events of these names, or the time is up.</summary>
    public static async Task<ExportedEvents> WaitForAsync(RunningCairn cairn, string namePrefix, int count)
    {
        using var reader = cairn.AsMixpanelReader();
        return await WaitForAsync(reader, namePrefix, count);
    }

    /// <summary>Asks for those of the reader's project until there are at least <paramref name="count"/> events of these names, or the time is up.</summary>
    public static async Task<ExportedEvents> WaitForAsync(HttpClient reader, string namePrefix, int count)
    {
        var today = DateTimeOffset.UtcNow;
        var range = string.Create(CultureInfo.InvariantCulture, $"from_date={today.AddDays(-10):yyyy-MM-dd}&to_date={today:yyyy-MM-dd}");
        return await Eventually.AsyncUntil(found => found.Count >= count, async () =>
        {
            using var answer = await reader.GetAsync(new Uri($"/api/2.0/export?{range}", UriKind.Relative));
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"export answered {answer.StatusCode}: {text}");
            return new ExportedEvents([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.GetProperty("event").GetString()!.StartsWith(namePrefix, StringComparison.Ordinal))]);
        });
    }

    public int Count => lines.Count;

    /// <summary>Those that one person sent.</summary>
    public ExportedEvents Of(string distinctId) => new([.. lines.Where(line => line.GetProperty("properties").GetProperty("distinct_id").GetString() == distinctId)]);

    public int CountOf(string name) => lines.Count(line => line.GetProperty("event").GetString() == name);

    /// <summary>The properties of the only event of this name.</summary>
    public JsonElement Only(string name) => lines.Single(line => line.GetProperty("event").GetString() == name).GetProperty("properties");
}
