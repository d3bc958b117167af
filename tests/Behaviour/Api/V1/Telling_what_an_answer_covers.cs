using System.Text;
using System.Text.Json;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Every answer, of whatever report, in whatever form, says up to when it saw data, what it read, how much of that was in memory, and how long it took.</summary>
public sealed class Telling_what_an_answer_covers : IAsyncLifetime
{
    static readonly string[] Headers = ["X-Cairn-Data-Up-To", "X-Cairn-Rows-Read", "X-Cairn-Bytes-Read", "X-Cairn-Cache-Hits", "X-Cairn-Cache-Misses", "X-Cairn-Elapsed-Ms"];

    static readonly string[] Fields = ["data_up_to", "rows_read", "bytes_read", "elapsed_ms", "cache_hits", "cache_misses"];

    QueryApp app = null!;

    public async Task InitializeAsync()
    {
        var at = new DateTimeOffset(2025, 6, 1, 8, 0, 0, TimeSpan.Zero);
        app = await QueryApp.StartAsync(
            MemoryEvents.Of(new MemoryEvent("Sign Up", at, "ann", """{"plan":"pro"}"""), new MemoryEvent("Purchase", at.AddDays(1), "ann", """{"price":3,"plan":"pro"}"""), new MemoryEvent("Sign Up", at, "bob")).Source,
            new(2025, 6, 9, 8, 0, 0, TimeSpan.Zero));
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    /// <summary>The examples of our own API's document: each report's questions, for numbers and for people.</summary>
    public static TheoryData<string, string, string> Questions()
    {
        var data = new TheoryData<string, string, string>();
        var document = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("src", "Api", "V1", "OpenApi", "openapi.json"))).RootElement;
        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith("/api/v1/query/", StringComparison.Ordinal)))
            foreach (var example in path.Value.GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples").EnumerateObject())
                data.Add(path.Name, example.Name, example.Value.GetProperty("value").GetRawText());
        return data;
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task In_JSON(string path, string example, string question)
    {
        var first = await CoverageAsync(path, question);
        Assert.Equal((example, string.Join(' ', Fields)), (example, string.Join(' ', first.EnumerateObject().Select(field => field.Name))));
        Assert.Equal("2025-06-02T08:00:00.000Z", first.GetProperty("data_up_to").GetString());
        Assert.True(first.GetProperty("rows_read").GetInt64() > 0 && first.GetProperty("bytes_read").GetInt64() > 0 && first.GetProperty("cache_misses").GetInt64() > 0, first.ToString());

        // Nothing came since, and all of it is in memory by now.
        var second = await CoverageAsync(path, question);
        Assert.Equal(0, second.GetProperty("cache_misses").GetInt64());
        Assert.True(second.GetProperty("cache_hits").GetInt64() > 0);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task In_CSV(string path, string example, string question)
    {
        using var answer = await SendAsync($"{path}?format=csv", question);
        Assert.Equal((example, "text/csv"), (example, answer.Content.Headers.ContentType!.MediaType));
        Assert.All(Headers, header => Assert.True(answer.Headers.Contains(header), header));
        Assert.EndsWith("\r\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/query/segmentation?event=Purchase&from_date=2025-06-01&to_date=2025-06-03")]
    [InlineData("/api/query/retention?born_event=Sign%20Up&from_date=2025-06-01&to_date=2025-06-03")]
    [InlineData("/api/query/retention/addiction?from_date=2025-06-01&to_date=2025-06-03")]
    [InlineData("/api/query/stream/query?distinct_ids=ann&from_date=2025-06-01&to_date=2025-06-03")]
    [InlineData("/api/2/events/segmentation?e={\"event_type\":\"Purchase\"}&start=20250601&end=20250603")]
    [InlineData("/api/2/funnels?e={\"event_type\":\"Sign Up\"}&e={\"event_type\":\"Purchase\"}&start=20250601&end=20250603")]
    [InlineData("/api/2/retention?se={\"event_type\":\"Sign Up\"}&re={\"event_type\":\"_active\"}&start=20250601&end=20250603")]
    [InlineData("/api/2/sessions/average?start=20250601&end=20250603")]
    [InlineData("/api/2/revenue/ltv?start=20250601&end=20250603")]
    [InlineData("/api/2/composition?p=platform&start=20250601&end=20250603")]
    public async Task In_headers_where_the_vendors_body_has_no_room(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var answer = await app.SendAsync(path.StartsWith("/api/query", StringComparison.Ordinal) ? QueryApp.MixpanelSecret : QueryApp.AmplitudeKeys, request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.All(Headers, header => Assert.True(answer.Headers.Contains(header), header));
    }

    async Task<JsonElement> CoverageAsync(string path, string question)
    {
        using var answer = await SendAsync(path, question);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        return body.GetProperty("coverage").Clone();
    }

    Task<HttpResponseMessage> SendAsync(string path, string question) =>
        app.SendAsync("viewer:", new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(question, Encoding.UTF8, "application/json") });
}
