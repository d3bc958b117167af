using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Upgrades;

/// <summary>
/// tests/Golden/deployments holds a data folder as each version left it, with every kind of file in it, and what it answered: this version opens it and answers the same.
/// Answers may have members more than they had then. Files that are there never change; a version that changes a format adds its own (CAIRN_WRITE_GOLDEN=1).
/// </summary>
public sealed class Opening_a_folder_of_an_older_version
{
    static readonly string Folder = RepositoryFolder.Of("tests", "Golden", "deployments");

    /// <summary>What is asked: reports over the lake and recent rows, people, keys, what was set aside.</summary>
    static readonly (string Name, string Path)[] Questions =
    [
        ("events by plan", "/api/query/segmentation?event=Bought&from_date=2026-02-01&to_date=2026-02-28&unit=month&on=properties%5B%22plan%22%5D"),
        ("uniques", "/api/query/segmentation?event=Opened&from_date=2026-02-01&to_date=2026-02-28&unit=month&type=unique"),
        ("raw events", "/api/2.0/export?from_date=2026-02-01&to_date=2026-02-28"),
        ("ann", "/api/v1/profiles/ann"),
        ("ids of ann", "/api/v1/identities/ann"),
        ("days", "/api/v1/aggregates/events-by-name?from=2026-02-01&to=2026-02-02"),
        ("dead letters", "/api/v1/dead-letters"),
        ("projects", "/api/v1/projects"),
        ("reports", "/api/v1/reports"),
    ];

    public static TheoryData<string> Versions() => [.. Directory.GetFiles(Folder, "*.zip").Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Answers_as_that_version_did(string version)
    {
        var data = Directory.CreateTempSubdirectory("cairn-").FullName;
        await ZipFile.ExtractToDirectoryAsync(Path.Combine(Folder, version + ".zip"), data);
        // Days are not counted anew meanwhile, also not because a run was missed since: that would be right, and another answer.
        foreach (var status in Directory.GetFiles(Path.Combine(data, "timers"), "*EventsByName*")) File.Delete(status);
        await using var cairn = await RunningCairn.StartAsync(data, new Dictionary<string, string> { ["Schedules__EventsByName"] = "0 0 0 1 1 *" });
        var expected = await File.ReadAllTextAsync(Path.Combine(Folder, version + ".answers.txt"));
        // What lay in the stream is stored within moments.
        Assert.Equal(expected, await Eventually.AsyncUntil(answers => answers == expected, async () => AsThen(await AnswersAsync(cairn), expected)));
        // It goes on: what is sent now is counted beside the old.
        await SendAsync(cairn, 900, 5);
        Assert.Contains("k904", await Eventually.AsyncUntil(answers => answers.Contains("k904", StringComparison.Ordinal), () => AnswersAsync(cairn)), StringComparison.Ordinal);
    }

    /// <summary>Makes a folder of this version, where it is asked to and there is none: with rows in the lake, among recent files and in the stream.</summary>
    [Fact]
    public async Task Exists_for_this_version()
    {
        const string version = "1";
        var file = Path.Combine(Folder, version + ".zip");
        if (File.Exists(file) || Environment.GetEnvironmentVariable("CAIRN_WRITE_GOLDEN") != "1")
        {
            Assert.True(File.Exists(file), $"{file} is missing");
            return;
        }
        var settings = new Dictionary<string, string> { ["Compaction__AppendAfter"] = "00:00:00", ["Schedules__CompactLake"] = "*/1 * * * * *", ["Compaction__KeepRecentFor"] = "00:00:01" };
        var data = Directory.CreateTempSubdirectory("cairn-").FullName;
        await using var cairn = await RunningCairn.StartAsync(data, settings);
        await PostAsync(cairn, "/engage?verbose=1", $$$"""[{"$token":"{{{cairn.Keys.Token}}}","$distinct_id":"ann","$set":{"plan":"pro","city":"Berlin"},"$time":1770000000}]""");
        await PostAsync(cairn, "/2/httpapi", $$$"""{"api_key":"{{{cairn.Keys.ApiKey}}}","events":[{"event_type":"Opened","user_id":"ann-a","device_id":"phone","insert_id":"amp-1","time":1770000000000,"event_properties":{"tags":["a","b"],"nested":{"x":1} } }]}""");
        await PostAsync(cairn, "/track?verbose=1", $$$"""[{"event":"$identify","properties":{"token":"{{{cairn.Keys.Token}}}","distinct_id":"ann","$user_id":"ann","$device_id":"laptop","$insert_id":"link-1","time":1770000000}}]""");
        await PostAsync(cairn, $"/api/v1/reports?project_id={cairn.Keys.ProjectId}", """{"name":"Kept","report":"segmentation","definition":{"range":{"from":"2026-02-01","to":"2026-02-28"},"events":["Bought"]}}""");
        await SendAsync(cairn, 0, 200);
        await Task.Delay(8_000);
        await PostAsync(cairn, "/admin/functions/EventsByNameSchedule", "{}");
        await Task.Delay(3_000);
        cairn.Kill();

        settings["Schedules__CompactLake"] = "0 0 0 1 1 *";
        // Over the folder of the first, which removes it.
        var second = await RunningCairn.StartAsync(data, settings);
        await SendAsync(second, 200, 50);
        await Task.Delay(3_000);
        var answers = await AnswersAsync(second);
        second.Kill();
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, version + ".answers.txt"), answers);
        await ZipFile.CreateFromDirectoryAsync(data, file, CompressionLevel.SmallestSize, includeBaseDirectory: false);
    }

    static async Task<string> AnswersAsync(RunningCairn cairn)
    {
        var text = new StringBuilder();
        foreach (var (name, path) in Questions)
        {
            using var client = name is "dead letters" or "projects" ? cairn.AsAdmin() : cairn.AsMixpanelReader();
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Stable).Order(StringComparer.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"# {name}: {(int)answer.StatusCode}\n{string.Join('\n', lines)}\n");
        }
        return text.ToString();
    }

    /// <summary>The answers without the members that those of the older version lack.</summary>
    static string AsThen(string answers, string expected)
    {
        var (lines, older) = (answers.Split('\n'), expected.Split('\n'));
        if (lines.Length != older.Length) return answers;
        return string.Join('\n', lines.Zip(older, (line, then) =>
            line.StartsWith('{') && then.StartsWith('{') ? Narrowed(JsonNode.Parse(line), JsonNode.Parse(then))!.ToJsonString() : line));
    }

    static JsonNode? Narrowed(JsonNode? now, JsonNode? then)
    {
        if (now is JsonObject members && then is JsonObject older)
            foreach (var (name, value) in members.ToList())
                if (older.TryGetPropertyValue(name, out var olderValue)) Narrowed(value, olderValue);
                else members.Remove(name);
        if (now is JsonArray elements && then is JsonArray olderElements)
            for (var i = 0; i < Math.Min(elements.Count, olderElements.Count); i++) Narrowed(elements[i], olderElements[i]);
        return now;
    }

    /// <summary>A line of JSON without what depends on when it was asked.</summary>
    static string Stable(string line)
    {
        var json = JsonNode.Parse(line)!;
        foreach (var passing in new[] { "coverage", "computed_at" })
            if (json is JsonObject whole) whole.Remove(passing);
        if (json["days"] is JsonArray days)
            foreach (var day in days) ((JsonObject)day!).Remove("computed_at");
        return json.ToJsonString();
    }

    static async Task SendAsync(RunningCairn cairn, int first, int count)
    {
        var body = JsonSerializer.Serialize(Enumerable.Range(first, count).Select(i => new
        {
            @event = i % 3 == 0 ? "Bought" : "Opened",
            properties = new Dictionary<string, object>
            {
                ["distinct_id"] = $"user-{i % 17}", ["time"] = new DateTimeOffset(2026, 2, 1 + (i % 28), 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(),
                ["$insert_id"] = $"i{i}", ["key"] = $"k{i}", ["plan"] = i % 2 == 0 ? "pro" : "free", ["amount"] = i / 4.0, ["ok"] = i % 5 == 0, ["at"] = "2026-02-03T04:05:06",
            },
        }));
        using var client = cairn.WithBasic(cairn.Keys.ApiSecret, "");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    static async Task PostAsync(RunningCairn cairn, string path, string json)
    {
        using var client = cairn.AsAdmin();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
    }
}
