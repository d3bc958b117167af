using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Cohorts over HTTP: pages of people, and what is said of questions that can't be asked.</summary>
public sealed class Asking_for_a_cohort : IAsyncLifetime
{
    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(
        MemoryEvents.Of(Enumerable.Range(1, 5).Select(number => new MemoryEvent("View", new(2025, 6, number, 8, 0, 0, TimeSpan.Zero), $"u{number}"))).Source, new(2025, 6, 5, 12, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("""{"condition": {"did": "View"}, "limit": 2}""", """{"count":5,"people":["u1","u2"],"next":"u2""")]
    [InlineData("""{"condition": {"did": "View"}, "limit": 2, "after": "u2"}""", """{"count":5,"people":["u3","u4"],"next":"u4""")]
    [InlineData("""{"condition": {"did": "View"}, "limit": 2, "after": "u4"}""", """{"count":5,"people":["u5"],"next":null,"coverage":{"data_up_to":"2025-06-05T08:00:00.000Z","rows_read":5,""")]
    [InlineData("""{"condition": {"did": "View", "within": {"last_days": 2}}}""", """{"count":2,"people":["u4","u5"],"next":null""")]
    [InlineData("""{"condition": {"all": []}}""", """{"count":5,"people":["u1",""")]
    [InlineData("""{"condition": {"any": []}}""", """{"count":0,"people":[],"next":null""")]
    public async Task Gives_people_page_by_page(string question, string expected)
    {
        var (status, body) = await AskAsync(question);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith(expected, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_whether_some_ids_are_in()
    {
        const string question = """{"condition": {"did": "View", "within": {"last_days": 2}}, "are_in": ["u5", "u1", "nobody", "u5"]}""";
        var (_, body) = await AskAsync(question);
        Assert.StartsWith("""{"ids":[{"id":"u5","person":"u5","is_in":true},{"id":"u1","person":"u1","is_in":false},{"id":"nobody","person":"nobody","is_in":false},{"id":"u5","person":"u5","is_in":true}],"coverage":{""", body, StringComparison.Ordinal);
        Assert.Equal("id,person,is in\r\nu5,u5,true\r\nu1,u1,false\r\nnobody,nobody,false\r\nu5,u5,true\r\n", (await AskAsync(question, "?format=csv")).Body);
    }

    [Fact]
    public async Task Gives_all_of_them_to_a_spreadsheet()
    {
        var (_, body) = await AskAsync("""{"condition": {"did": "View", "within": {"to": "2025-06-02"}}, "limit": 1}""", "?format=csv");
        Assert.Equal("person\r\nu1\r\nu2\r\n", body);
    }

    [Theory]
    [InlineData("{}", "condition")]
    [InlineData("""{"condition": []}""", "condition")]
    [InlineData("""{"condition": {"done": "View"}}""", "condition")]
    [InlineData("""{"condition": {"did": "View", "often": 2}}""", "condition.often")]
    [InlineData("""{"condition": {"all": [{"did": "View", "is": "about", "value": "two"}, {"not": 1}]}}""", "condition.all[0].is", "condition.all[0].value", "condition.all[1].not")]
    [InlineData("""{"condition": {"did": []}}""", "condition.did")]
    [InlineData("""{"condition": {"did": {"event": "View", "filter": "("}}}""", "condition.did.filter")]
    [InlineData("""{"condition": {"did": "View", "measure": {"aggregate": "sum"}}}""", "condition.measure.of")]
    [InlineData("""{"condition": {"did": "View", "within": {"from": "2025-06-02", "to": "2025-06-01"}}}""", "condition.within.to")]
    [InlineData("""{"condition": {"latest": "View"}}""", "condition.matches")]
    [InlineData("""{"condition": {"sequence": ["View"]}}""", "sequence")]
    [InlineData("""{"condition": {"did": "View"}, "are_in": "u1"}""", "are_in")]
    [InlineData("""{"condition": {"did": "View"}, "are_in": []}""", "are_in")]
    [InlineData("""{"condition": {"did": "View"}, "are_in": ["u1", 2]}""", "are_in[1]")]
    [InlineData("""{"condition": {"user": "properties[\"plan\"] == 1"}}""", "user")]
    public async Task Names_every_field_that_is_wrong(string question, params string[] fields)
    {
        var (status, body) = await AskAsync(question);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(fields.Order(), JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).Order());
    }

    [Fact]
    public async Task Refuses_what_is_too_deep_or_too_much()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 30)) + """{"did":"View"}""" + new string('}', 30);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync("{\"condition\": " + deep + "}")).Status);
        var much = string.Join(',', Enumerable.Range(0, 33).Select(number => $$"""{"did":"e{{number}}"}"""));
        var (status, body) = await AskAsync("{\"condition\": {\"any\": [" + much + "]}}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("more than 32 kinds of events", body, StringComparison.Ordinal);
    }

    async Task<(HttpStatusCode Status, string Body)> AskAsync(string question, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/cohorts" + query) { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
