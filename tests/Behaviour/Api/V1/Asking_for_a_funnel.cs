using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Funnels over our own API: what is wrong is told field by field, lists are read page by page, tables come as CSV.</summary>
public sealed class Asking_for_a_funnel : IAsyncLifetime
{
    const string Range = "\"range\":{\"from\":\"2025-06-01\",\"to\":\"2025-06-02\"}", Steps = "\"steps\":[\"A\",\"B\"]";

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(MemoryEvents.Of(Events()).Source, new(2025, 6, 2, 8, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("{" + Steps + "}", "range", "It is required.")]
    [InlineData("{" + Range + "}", "steps", "It must name at least one step.")]
    [InlineData("{" + Range + ",\"steps\":[]}", "steps", "It must name at least one step.")]
    [InlineData("{" + Range + ",\"steps\":[\"A\",{\"event\":\"B\",\"filter\":\"1 +\"}]}", "steps[1].filter", "expected a value, found the end (at character 4)")]
    [InlineData("{" + Range + ",\"steps\":[\"A\",{\"evnt\":\"B\"}]}", "steps[1].evnt", "There is no such field.")]
    [InlineData("{" + Range + ",\"steps\":[\"A\",{\"events\":[{\"event\":1}]}]}", "steps[1].events[0].event", "It must be a text.")]
    [InlineData("{" + Range + ",\"steps\":[\"A\",{\"event\":\"B\",\"anchored\":true}]}", "steps", "only steps in any order can be anchored: leave anchored out, or say \"order\": \"any\"")]
    [InlineData("{" + Range + "," + Steps + ",\"window\":{\"days\":367}}", "window.days", "It must be a whole number within bounds.")]
    [InlineData("{" + Range + "," + Steps + ",\"window\":{\"days\":1,\"hours\":1}}", "window", "It says several lengths.")]
    [InlineData("{" + Range + "," + Steps + ",\"window\":{}}", "window", "It says no length.")]
    [InlineData("{" + Range + "," + Steps + ",\"window\":7}", "window", "It must be an object.")]
    [InlineData("{" + Range + "," + Steps + ",\"order\":\"some\"}", "order", "'some' is none of them.")]
    [InlineData("{" + Range + "," + Steps + ",\"counting\":\"sessions\",\"window\":{\"days\":1}}", "window", "where sessions are counted the window is given in sessions, such as {\"sessions\": 1}")]
    [InlineData("{" + Range + "," + Steps + ",\"exclusions\":[{\"event\":\"X\",\"from_step\":2}]}", "exclusions[0].from_step", "an exclusion stands between two steps: give from_step and to_step from 1 to 2, the first before the second")]
    [InlineData("{" + Range + "," + Steps + ",\"hold_constant\":[\"event.a\",\"event.b\",\"event.c\",\"event.d\"]}", "hold_constant", "hold at most 3 properties constant")]
    [InlineData("{" + Range + "," + Steps + ",\"attribution\":{\"step\":3}}", "attribution.step", "give a step from 1 to 2")]
    [InlineData("{" + Range + "," + Steps + ",\"switches\":{\"reentry\":\"often\"}}", "switches.reentry", "'often' is none of them.")]
    [InlineData("{" + Range + "," + Steps + ",\"switches\":{\"re_entry\":\"default\"}}", "switches.re_entry", "There is no such field.")]
    [InlineData("{" + Range + "," + Steps + ",\"people\":{\"who\":\"gone\"}}", "people.who", "'gone' is none of them.")]
    [InlineData("{" + Range + "," + Steps + ",\"people\":{\"step\":3}}", "people.step", "give a step from 1 to 2")]
    [InlineData("{" + Range + "," + Steps + ",\"people\":{\"who\":\"dropped\",\"step\":2}}", "people.step", "nobody drops after the last step: ask who reached it, or for a step before")]
    [InlineData("{" + Range + "," + Steps + ",\"people\":{\"keys\":[\"pro\"]}}", "people.keys", "give 0 values, one a breakdown")]
    [InlineData("{" + Range + "," + Steps + ",\"people\":{\"bucket\":\"2025-06-01\"}}", "people.bucket", "give the start of one of the answer's buckets, and the unit that makes them")]
    [InlineData("{" + Range + "," + Steps + ",\"people\":{\"after\":\"?\"}}", "people.after", "It is none of ours.")]
    [InlineData("{" + Range + "," + Steps + ",\"unit\":\"year\"}", "unit", "'year' is none of them.")]
    public async Task Names_the_field_at_fault(string question, string field, string detail)
    {
        var (status, body) = await AskAsync(QueryApp.ServiceAccount, question);
        Assert.True(status == HttpStatusCode.BadRequest, body);
        var error = JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateArray().First();
        Assert.Equal((field, detail), (error.GetProperty("field").GetString(), error.GetProperty("detail").GetString()));
        Assert.NotEmpty(error.GetProperty("valid").GetString()!);
    }

    [Fact]
    public async Task Refuses_more_steps_than_there_are_bits_for()
    {
        var steps = string.Join(',', Enumerable.Repeat("\"A\"", 21));
        var (status, body) = await AskAsync(QueryApp.ServiceAccount, $"{{{Range},\"steps\":[{steps}]}}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("give 1 to 20 steps", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody:", HttpStatusCode.Unauthorized)]
    [InlineData("token:", HttpStatusCode.Forbidden)]
    public async Task Turns_away_who_may_not_ask(string credentials, HttpStatusCode expected) => Assert.Equal(expected, (await AskAsync(credentials, "{}")).Status);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task Reads_the_people_behind_a_number_page_by_page(int limit)
    {
        var (people, after, count) = (new List<string>(), "", 0);
        do
        {
            var page = $"{{{Range},{Steps},\"counting\":\"totals\",\"preset\":\"amplitude\",\"people\":{{\"step\":1,\"limit\":{limit}{(after.Length == 0 ? "" : $",\"after\":\"{after}\"")}}}}}";
            var answer = JsonDocument.Parse((await AskAsync(QueryApp.ServiceAccount, page)).Body).RootElement;
            count = answer.GetProperty("count").GetInt32();
            var given = answer.GetProperty("people").EnumerateArray().Select(person => $"{person.GetProperty("person")} {person.GetProperty("entered_at")} {person.GetProperty("reached")}").ToList();
            Assert.InRange(given.Count, 1, limit);
            people.AddRange(given);
            after = answer.GetProperty("next").GetString() ?? "";
        }
        while (after.Length > 0);

        // Two of ann's events are alike, and both are there.
        Assert.Equal(
            ["ann 2025-06-01T08:00:00.000Z 2", "ann 2025-06-01T08:00:00.000Z 2", "ann 2025-06-01T09:00:00.000Z 1", "bob 2025-06-01T08:00:00.000Z 1"], people);
        Assert.Equal(people.Count, count);
    }

    [Theory]
    [InlineData("?format=csv", "")]
    [InlineData("", "text/csv")]
    public async Task Answers_as_CSV_where_that_is_asked_for(string query, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/funnels{query}")
        {
            Content = new StringContent($"{{{Range},{Steps},\"breakdowns\":[\"event.plan\"],\"unit\":\"day\",\"times\":false}}", Encoding.UTF8, "application/json"),
        };
        if (accept.Length > 0) request.Headers.Accept.ParseAdd(accept);
        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.Contains("X-Cairn-Data-Up-To"));
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("kind,compared,key_1,bucket,step,label,count,dropped,excluded,from_previous,from_first,sum,average_ms_from_previous,median_ms_from_previous,average_ms_from_start,median_ms_from_start", lines[0]);
        Assert.Equal(["whole,,,,1,A,2,1,0,1,1,,,,,", "whole,,,,2,B,1,0,0,0.5,0.5,,1800000,,1800000,", "whole,,,2025-06-01,1,A,2,1,0,1,1,,,,,"], lines[1..4]);
        Assert.Equal(1 + (3 * 3 * 2), lines.Length);
    }

    [Fact]
    public async Task Says_what_the_answer_covers_and_which_buckets_are_complete()
    {
        var answer = JsonDocument.Parse((await AskAsync("viewer:", $"{{{Range},{Steps},\"unit\":\"day\",\"window\":{{\"hours\":1}}}}")).Body).RootElement;
        Assert.Equal("2025-06-01T09:00:00.000Z", answer.GetProperty("coverage").GetProperty("data_up_to").GetString());
        Assert.True(answer.GetProperty("coverage").GetProperty("bytes_read").GetInt64() > 0);
        Assert.Equal(["True", "False"], answer.GetProperty("complete").EnumerateArray().Select(flag => flag.ToString()));
    }

    static IEnumerable<MemoryEvent> Events()
    {
        var at = new DateTimeOffset(2025, 6, 1, 8, 0, 0, TimeSpan.Zero);
        yield return new("A", at, "ann", "{\"plan\":\"pro\"}");
        yield return new("A", at, "ann", "{\"plan\":\"pro\"}");
        yield return new("B", at.AddMinutes(30), "ann");
        yield return new("A", at.AddHours(1), "ann");
        yield return new("A", at, "bob");
    }

    async Task<(HttpStatusCode Status, string Body)> AskAsync(string credentials, string question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/funnels") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var answer = await app.SendAsync(credentials, request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
