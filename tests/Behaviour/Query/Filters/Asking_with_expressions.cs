using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Filters;

/// <summary>Over HTTP, too, expressions come to what docs/semantics/expressions.md says: as what an event is broken down by, and as the condition that lets it through.</summary>
public sealed class Asking_with_expressions(Asking_with_expressions.Rows rows) : IClassFixture<Asking_with_expressions.Rows>
{
    static readonly string[][] Page = [.. DocTable.Rows("docs/semantics/expressions.md", "| expression | row | result |")];

    /// <summary>One app for all tests: an event of its own, by a person of its own, for each row of the page.</summary>
    public sealed class Rows : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var people = new MemoryPeople();
            var events = Page.Select((example, index) => EventOf(example[1], index, people)).ToList();
            App = await QueryApp.StartAsync(MemoryEvents.Of(events).Source, new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero), people: people);
        }

        public async Task DisposeAsync() => await App.DisposeAsync();

        static MemoryEvent EventOf(string row, int index, MemoryPeople people)
        {
            var properties = JsonNode.Parse(row.Length == 0 ? "{}" : row)!.AsObject();
            var time = properties["time"] is { } seconds ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : new DateTimeOffset(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);
            if (properties["user"] is JsonObject user) people.With($"u{index}", user.ToJsonString());
            // The time is the event's own, and the user's properties are in the profile.
            properties.Remove("time");
            properties.Remove("user");
            return new($"E{index}", time, $"u{index}", properties.ToJsonString());
        }
    }

    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Page.Length; i++) data.Add(i, string.Join(" | ", Page[i]));
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Names_the_series_by_what_it_comes_to(int index, string example)
    {
        var (status, answer) = await AskAsync(index, new JsonObject { ["breakdowns"] = new JsonArray(Page[index][0]) });
        if (Page[index][2] == "error")
        {
            Assert.Equal((example, HttpStatusCode.BadRequest), (example, status));
            return;
        }
        Assert.True(status == HttpStatusCode.OK, $"{example}: {answer}");
        var keys = answer.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("keys")[0].GetString()!).Order(StringComparer.Ordinal);
        Assert.Equal((example, string.Join(' ', KeysOf(Page[index][2]).Order(StringComparer.Ordinal))), (example, string.Join(' ', keys)));
    }

    /// <summary>A text is a key without its quotes, a list stands for each of its elements.</summary>
    static IEnumerable<string> KeysOf(string result) => result[0] switch
    {
        '"' => [JsonDocument.Parse(result).RootElement.GetString()!],
        '[' => JsonDocument.Parse(result).RootElement.EnumerateArray().Select(element => element.ToString()),
        _ => [result],
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Lets_an_event_through_where_it_is_true(int index, string example)
    {
        var (status, answer) = await AskAsync(index, new JsonObject { ["filter"] = Page[index][0] });
        // What the form alone shows to be no condition is refused; whatever else is not true lets nothing through.
        if (status == HttpStatusCode.BadRequest)
        {
            Assert.True(Page[index][2] is not ("true" or "false"), $"{example}: {answer}");
            return;
        }
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual("error", Page[index][2]);
        Assert.Equal((example, Page[index][2] == "true" ? 1 : 0), (example, answer.GetProperty("series").EnumerateArray().Sum(series => series.GetProperty("whole").GetInt32())));
    }

    async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(int index, JsonObject asked)
    {
        asked["range"] = new JsonObject { ["from"] = "2023-12-31", ["to"] = "2025-06-15" };
        asked["unit"] = "month";
        asked["events"] = new JsonArray(string.Create(CultureInfo.InvariantCulture, $"E{index}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/segmentation") { Content = new StringContent(asked.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = await rows.App.SendAsync(QueryApp.ServiceAccount, request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone());
    }
}
