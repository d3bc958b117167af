using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Our own API says field by field what is wrong with a question.</summary>
public sealed class Asking_for_a_segmentation : IAsyncLifetime
{
    const string Range = "\"range\":{\"from\":\"2025-06-01\",\"to\":\"2025-06-02\"}", Events = "\"events\":[{\"event\":\"View\"}]";

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(
        MemoryEvents.Of(new MemoryEvent("View", new(2025, 6, 1, 8, 0, 0, TimeSpan.Zero), "ann", "{\"n\":1}")).Source, new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("{" + Events + "}", "range", "It is required.")]
    [InlineData("{" + Range + "}", "events", "It must name at least one event.")]
    [InlineData("{" + Range + "," + Events + ",\"unit\":\"year\"}", "unit", "'year' is none of them.")]
    [InlineData("{" + Range + "," + Events + ",\"units\":\"day\"}", "units", "There is no such field.")]
    [InlineData("{" + Range + "," + Events + ",\"limit\":0}", "limit", "It must be a whole number within bounds.")]
    [InlineData("{" + Range + "," + Events + ",\"time_zone\":\"Mars\"}", "time_zone", "There is no time zone 'Mars'.")]
    [InlineData("{" + Range + "," + Events + ",\"measure\":{\"aggregate\":\"sum\"}}", "measure.of", "It is required.")]
    [InlineData("{" + Range + "," + Events + ",\"measure\":{\"aggregate\":\"mode\",\"of\":\"event.n\"}}", "measure.aggregate", "'mode' is none of them.")]
    [InlineData("{" + Range + "," + Events + ",\"filter\":\"1 +\"}", "filter", "expected a value, found the end (at character 4)")]
    [InlineData("{" + Range + "," + Events + ",\"filter\":\"properties['n'] and true\"}", "filter", "\"and\" needs true or false, found a number (at character 1)")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[\"event.a\",\"b c\"]}", "breakdowns[1]", "\"b\" is unknown; a property is written properties[\"b\"] (at character 1)")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[\"event.a\",\"event.b\",\"event.c\",\"event.d\"]}", "breakdowns", "give at most 3 breakdowns")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[{\"by\":\"event.n\",\"edges\":[2,1]}]}", "breakdowns[0].edges", "They must be ascending numbers.")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[\"event.a\",{\"by\":\"event.n\",\"width\":0}]}", "breakdowns[1].width", "It must be a number, a width one greater than 0.")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[{\"by\":\"event.$time\",\"date\":\"year\"}]}", "breakdowns[0].date", "'year' is none of them.")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[{\"by\":\"event.n\",\"width\":1,\"edges\":[1]}]}", "breakdowns[0].width", "There is no such field.")]
    [InlineData("{" + Range + "," + Events + ",\"breakdowns\":[{\"width\":1}]}", "breakdowns[0].by", "It is required.")]
    [InlineData("{" + Range + ",\"events\":[{\"event\":\"View\",\"filter\":true}]}", "events[0].filter", "It must be a text.")]
    [InlineData("{\"range\":{\"from\":\"2025-06-03\",\"to\":\"2025-06-02\"}," + Events + "}", "range.to", "It is before from.")]
    [InlineData("{\"range\":{\"from\":\"June\",\"to\":\"2025-06-02\"}," + Events + "}", "range.from", "'June' is no date from 1970 to 2999.")]
    [InlineData("{\"range\":{\"from\":\"1970-01-01\",\"to\":\"2025-06-02\"},\"unit\":\"hour\"," + Events + "}", "unit", "the range holds more than 11000 buckets of this unit; ask for a longer unit or a shorter range")]
    public async Task Names_the_field_at_fault(string question, string field, string detail)
    {
        var (status, problem) = await AskAsync(QueryApp.ServiceAccount, question);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = problem.GetProperty("errors").EnumerateArray().First();
        Assert.Equal((field, detail), (error.GetProperty("field").GetString(), error.GetProperty("detail").GetString()));
        Assert.NotEmpty(error.GetProperty("valid").GetString()!);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"time_zone\":\"\\ud83d\"}")]
    [InlineData("{\"\\ud83d\":1}")]
    [InlineData("{")]
    [InlineData("{" + Range + ",\"events\":[{\"event\":\"\\ud83d\"}]}")]
    [InlineData("{" + Range + ",\"events\":[\"View\"],\"breakdowns\":[\"\\udca9\"]}")]
    public async Task Refuses_what_is_no_object(string body)
    {
        var (status, problem) = await AskAsync(QueryApp.ServiceAccount, body);
        Assert.Equal((HttpStatusCode.BadRequest, "urn:cairn:invalid-body"), (status, problem.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("nobody:", HttpStatusCode.Unauthorized)]
    [InlineData("token:", HttpStatusCode.Forbidden)]
    public async Task Turns_away_who_may_not_ask(string credentials, HttpStatusCode expected) =>
        Assert.Equal(expected, (await AskAsync(credentials, "{}")).Status);

    [Fact]
    public async Task Says_what_the_answer_covers()
    {
        var (_, answer) = await AskAsync("viewer:", "{\"range\":{\"last_days\":2}," + Events + "}");
        var coverage = answer.GetProperty("coverage");
        Assert.Equal("2025-06-01T08:00:00.000Z", coverage.GetProperty("data_up_to").GetString());
        Assert.Equal(1, coverage.GetProperty("rows_read").GetInt32());
        Assert.True(coverage.GetProperty("bytes_read").GetInt32() > 0);
    }

    async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string credentials, string question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/segmentation") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var answer = await app.SendAsync(credentials, request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone());
    }
}
