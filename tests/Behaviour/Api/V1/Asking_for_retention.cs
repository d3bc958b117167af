using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>The answers of our own retention route, and what it says of questions that can't be asked.</summary>
public sealed class Asking_for_retention(Asking_for_retention.Shop shop) : IClassFixture<Asking_for_retention.Shop>
{
    static readonly MemoryEvent[] Events =
    [
        new("Sign Up", At(1, 8), "ann", """{"plan":"pro"}"""), new("Buy", At(1, 9), "ann", """{"price":3}"""), new("Buy", At(2, 9), "ann", """{"price":4}"""),
        new("Sign Up", At(1, 8), "bob", """{"plan":"free"}"""), new("Buy", At(2, 9), "bob", """{"price":5}"""),
        new("Sign Up", At(2, 8), "cid", """{"plan":"free, \"really\""}"""),
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, new(2025, 6, 3, 12, 0, 0, TimeSpan.Zero));

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static DateTimeOffset At(int day, int hour) => new(2025, 6, day, hour, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Gives_rows_an_average_and_all_together()
    {
        var (status, body) = await AskAsync("""{"range": {"from": "2025-06-01", "to": "2025-06-02"}, "birth": "Sign Up", "return": "Buy", "buckets": 1, "sum_of": "event.price"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var answer = JsonDocument.Parse(body).RootElement;
        Assert.Equal("""[{"from":0,"until":1},{"from":1,"until":2}]""", answer.GetProperty("buckets").GetRawText());
        Assert.Equal(
            """[{"keys":[],"rows":[{"start":"2025-06-01","size":2,"counts":[1,2],"sums":[3,9],"complete":1,"begun":2},{"start":"2025-06-02","size":1,"counts":[0,0],"sums":[0,0],"complete":0,"begun":2}],"average":[{"size":2,"count":1,"rate":0.5},{"size":0,"count":0,"rate":0}],"together":{"size":3,"sizes":[2,0],"counts":[1,0]}}]""",
            answer.GetProperty("overall").GetRawText());
        Assert.Equal((0, 0), (answer.GetProperty("series").GetArrayLength(), answer.GetProperty("series_before_limit").GetInt32()));
        Assert.Equal("2025-06-02T09:00:00.000Z", answer.GetProperty("coverage").GetProperty("data_up_to").GetString());
        Assert.Equal(6, answer.GetProperty("coverage").GetProperty("rows_read").GetInt32());
    }

    [Fact]
    public async Task Gives_a_table_to_a_spreadsheet()
    {
        var (_, body) = await AskAsync("""{"range": {"from": "2025-06-01", "to": "2025-06-02"}, "birth": "Sign Up", "return": "Buy", "brackets": [[0, 1], [1, 4]], "breakdowns": ["event.plan"], "limit": 2}""", "?format=csv");
        Assert.Equal(
            "compared,key 1,row,size,0,1-3,complete\r\n,,2025-06-01,2,1,2,1\r\n,,2025-06-02,1,0,0,0\r\n,pro,2025-06-01,1,1,1,1\r\n,pro,2025-06-02,0,0,0,0\r\n,free,2025-06-01,1,0,1,1\r\n,free,2025-06-02,0,0,0,0\r\n",
            body);
    }

    [Theory]
    [InlineData("""{"row": "2025-06-01"}""", """{"count":2,"people":["ann","bob"],"next":null""")]
    [InlineData("""{"row": "2025-06-01", "limit": 1}""", """{"count":2,"people":["ann"],"next":"ann""")]
    [InlineData("""{"row": "2025-06-01", "limit": 1, "after": "ann"}""", """{"count":2,"people":["bob"],"next":null""")]
    [InlineData("""{"row": "2025-06-01", "bucket": 0}""", """{"count":1,"people":["ann"],"next":null""")]
    [InlineData("""{"row": "2025-06-01", "bucket": 1, "keys": ["free"]}""", """{"count":1,"people":["bob"],"next":null""")]
    [InlineData("{}", """{"count":3,"people":["ann","bob","cid"],"next":null""")]
    public async Task Names_the_people_behind_a_number(string people, string answer)
    {
        var (status, body) = await AskAsync($$"""{"range": {"from": "2025-06-01", "to": "2025-06-02"}, "birth": "Sign Up", "return": "Buy", "buckets": 1, "breakdowns": ["event.plan"], "people": {{people}}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith(answer, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "range", "birth")]
    [InlineData("""{"range": {"last_days": 3}, "birth": []}""", "birth")]
    [InlineData("""{"range": {"last_days": 3}, "birth": [{"event": "A", "filtre": "x"}]}""", "birth[0].filtre")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "return": {"filter": "("}}""", "return.filter")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "births": "all", "criterion": "after", "alignment": "left", "unit": "hour"}""", "births", "criterion", "alignment", "unit")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "buckets": 367}""", "buckets")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "brackets": [[1], [2, 3]]}""", "brackets[0]")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "brackets": [[2, 3], [1, 2]]}""", "brackets")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "brackets": [[0, 4000]]}""", "buckets")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "switches": {"rolling_from": "noon", "birth_returns": 1}}""", "switches.rolling_from", "switches.birth_returns")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "people": {"row": "yesterday"}}""", "people.row")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "people": {"row": "2025-01-01"}}""", "people.row")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "people": {"bucket": 8}}""", "people.bucket")]
    [InlineData("""{"range": {"last_days": 3}, "birth": "A", "people": {"keys": ["x"]}}""", "people.keys")]
    public async Task Names_every_field_that_is_wrong(string question, params string[] fields)
    {
        var (status, body) = await AskAsync(question);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(fields.Order(), JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).Order());
    }

    async Task<(HttpStatusCode Status, string Body)> AskAsync(string question, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/retention" + query) { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
