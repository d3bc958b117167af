using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>What our own routes for revenue, lifetime value and composition say beside their numbers: tables for spreadsheets, pages of people, and what is wrong with a question.</summary>
public sealed class Asking_for_revenue(Asking_for_revenue.Shop shop) : IClassFixture<Asking_for_revenue.Shop>
{
    const string Range = "\"range\": {\"from\": \"2025-06-01\", \"to\": \"2025-06-02\"}";

    static readonly MemoryEvent[] Events =
    [
        new("Buy", At(1, 8), "ann", """{"revenue":3,"plan":"pro"}"""), new("Buy", At(2, 8), "bob", """{"revenue":4.5,"plan":"free, \"really\""}"""), new("Buy", At(2, 9), "ann", """{"revenue":-1,"plan":"pro"}"""),
        new("Open", At(2, 10), "cid", """{"plan":"max"}"""),
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, new(2025, 6, 3, 8, 0, 0, TimeSpan.Zero));

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static DateTimeOffset At(int day, int hour) => new(2025, 6, day, hour, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("revenue", "{" + Range + ", \"breakdowns\": [\"event.plan\"], \"limit\": 1}",
        "key 1,row,revenue,refunds,purchases,payers,active,per user,per payer\r\n,2025-06-01,3,0,1,1,1,3,3\r\n,2025-06-02,3.5,-1,1,1,3,1.1666666666666667,3.5\r\n\"free, \"\"really\"\"\",2025-06-01,0,0,0,0,0,0,0\r\n\"free, \"\"really\"\"\",2025-06-02,4.5,0,1,1,1,4.5,4.5\r\n")]
    [InlineData("lifetime-value", "{" + Range + ", \"ages\": [1, 2], \"unit\": \"week\"}",
        "compared,row,age,size,revenue,paid,newly paid,payers,per user,per payer,complete\r\n,2025-05-26,1,1,3,1,1,1,3,3,true\r\n,2025-05-26,2,1,2,1,0,1,2,2,false\r\n,2025-06-02,1,1,4.5,1,1,1,4.5,4.5,false\r\n,2025-06-02,2,0,0,0,0,0,0,0,false\r\n")]
    [InlineData("composition", "{" + Range + ", \"by\": [\"event.plan\"], \"limit\": 1}", "key 1,people,share\r\n\"free, \"\"really\"\"\",1,0.3333333333333333\r\nother,2,0.6666666666666666\r\n")]
    [InlineData("composition", "{" + Range + ", \"by\": [\"event.plan\"], \"people\": {\"other\": true}, \"limit\": 1}", "person\r\nann\r\ncid\r\n")]
    public async Task Gives_a_table_to_a_spreadsheet_and_says_in_headers_what_it_covers(string report, string question, string expected)
    {
        using var answer = await SendAsync(report + "?format=csv", question);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
        Assert.Equal(("text/csv", "4"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.GetValues("X-Cairn-Rows-Read").Single()));
        Assert.True(answer.Headers.Contains("X-Cairn-Data-Up-To"));
    }

    [Theory]
    [InlineData("revenue", """{"who": "active", "row": "2025-06-02", "limit": 2}""", """{"count":3,"people":["ann","bob"],"next":"bob""")]
    [InlineData("revenue", """{"who": "active", "row": "2025-06-02", "limit": 2, "after": "bob"}""", """{"count":3,"people":["cid"],"next":null""")]
    [InlineData("lifetime-value", """{"who": "paid", "age": 1, "limit": 1}""", """{"count":2,"people":["ann"],"next":"ann""")]
    public async Task Reads_the_people_behind_a_number_page_by_page(string report, string people, string expected)
    {
        using var answer = await SendAsync(report, $"{{{Range}, \"people\": {people}}}");
        Assert.StartsWith(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("revenue", """{"events": [3], "amount": 7, "active": "Open", "switches": {"payers": "all"}, "nonsense": 1}""", "range", "events[0]", "amount", "active", "switches.payers", "nonsense")]
    [InlineData("revenue", "{" + Range + ", \"amount\": [\"event.price\", \"1 +\"]}", "amount[1]")]
    [InlineData("revenue", "{" + Range + ", \"people\": {\"row\": \"June\", \"who\": \"nobody\"}}", "people.row", "people.who")]
    [InlineData("revenue", "{" + Range + ", \"people\": {\"row\": \"2025-07-01\"}}", "people.row")]
    [InlineData("revenue", "{" + Range + ", \"people\": {\"keys\": [\"pro\"]}}", "people.keys")]
    [InlineData("lifetime-value", "{" + Range + ", \"born_by\": \"event\"}", "birth")]
    [InlineData("lifetime-value", "{" + Range + ", \"born_by\": \"first_purchase\", \"birth\": [\"Sign Up\"]}", "birth")]
    [InlineData("lifetime-value", "{" + Range + ", \"ages\": [1, \"x\"]}", "ages[1]")]
    [InlineData("lifetime-value", "{" + Range + ", \"ages\": [2, 1]}", "ages")]
    [InlineData("lifetime-value", "{" + Range + ", \"ages\": [1], \"people\": {\"age\": 2}}", "people.age")]
    [InlineData("lifetime-value", "{" + Range + ", \"people\": {\"row\": \"2025-07-01\"}}", "people.row")]
    [InlineData("lifetime-value", "{" + Range + ", \"unit\": \"hour\"}", "unit")]
    [InlineData("composition", "{" + Range + "}", "by")]
    [InlineData("composition", "{" + Range + ", \"by\": [\"event.a\", \"event.b\"], \"values\": \"set\"}", "by")]
    [InlineData("composition", "{" + Range + ", \"by\": [\"event.a\"], \"values\": \"some\"}", "values")]
    [InlineData("composition", "{" + Range + ", \"by\": [\"event.a\"], \"people\": {\"keys\": [\"x\"], \"other\": true}}", "people.other")]
    [InlineData("composition", "{" + Range + ", \"by\": [\"event.a\"], \"people\": {\"keys\": [\"x\", \"y\"]}}", "people.keys")]
    public async Task Names_every_field_that_is_wrong_and_says_what_would_be_right(string report, string question, params string[] fields)
    {
        using var answer = await SendAsync(report, question);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(fields.Order(StringComparer.Ordinal), errors.Select(error => error.GetProperty("field").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(errors, error => Assert.False(string.IsNullOrWhiteSpace(error.GetProperty("valid").GetString())));
    }

    Task<HttpResponseMessage> SendAsync(string report, string question) =>
        app.SendAsync("viewer:", new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{report}") { Content = new StringContent(question, Encoding.UTF8, "application/json") });
}
