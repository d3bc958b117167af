using System.Net;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Mixpanel;

/// <summary>Mixpanel's <c>/retention</c> in Mixpanel's shape.</summary>
public sealed class Asking_for_retention_as_Mixpanel(Asking_for_retention_as_Mixpanel.Shop shop) : IClassFixture<Asking_for_retention_as_Mixpanel.Shop>
{
    static readonly MemoryEvent[] Events =
    [
        new("Sign Up", At(10, 9), "ann", """{"plan":"pro"}"""),
        new("View", At(10, 12), "ann", """{"page":"a"}"""),
        new("View", At(11, 12), "ann", """{"page":"b"}"""),
        new("Sign Up", At(10, 10), "bob", """{"plan":"free"}"""),
        new("View", At(14, 11), "bob", """{"page":"a"}"""),
        new("Sign Up", At(12, 10), "bob", """{"plan":"free"}"""),
        new("Sign Up", At(15, 8), "cid"),
        new("View", At(15, 9), "cid", """{"page":"b"}"""),
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero));

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static DateTimeOffset At(int day, int hour) => new(2025, 6, day, hour, 0, 0, TimeSpan.Zero);

    [Theory]
    // Birth: each person in the row of their first; rows whose later intervals have not begun are shorter; counts come before first.
    [InlineData("born_event=Sign Up&event=View&from_date=2025-06-10&to_date=2025-06-15&interval_count=2",
        """{"2025-06-10":{"counts":[1,1,0],"first":2},"2025-06-11":{"counts":[0,0,0],"first":0},"2025-06-12":{"counts":[0,0,0],"first":0},"2025-06-13":{"counts":[0,0,0],"first":0},"2025-06-14":{"counts":[0,0],"first":0},"2025-06-15":{"counts":[1],"first":1}}""")]
    // Without interval_count there is the 0th interval and one more.
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10", """{"2025-06-10":{"counts":[1,1],"first":2}}""")]
    [InlineData("born_event=Sign Up&event=View&from_date=2025-06-10&to_date=2025-06-10&interval_count=4&unbounded_retention=true", """{"2025-06-10":{"counts":[2,2,1,1,1],"first":2}}""")]
    [InlineData("born_event=Sign Up&born_where=properties[\"plan\"] == \"free\"&event=View&where=properties[\"page\"] == \"a\"&from_date=2025-06-10&to_date=2025-06-10&interval_count=4", """{"2025-06-10":{"counts":[0,0,0,0,1],"first":1}}""")]
    // Compounded: event is birth and return alike, and a person is in every row.
    [InlineData("retention_type=compounded&event=View&from_date=2025-06-10&to_date=2025-06-11&interval_count=1", """{"2025-06-10":{"counts":[0,1],"first":1},"2025-06-11":{"counts":[0,0],"first":1}}""")]
    [InlineData("born_event=Sign Up&event=View&unit=week&from_date=2025-06-09&to_date=2025-06-15", """{"2025-06-09":{"counts":[3],"first":3}}""")]
    [InlineData("born_event=Sign Up&event=View&interval=3&from_date=2025-06-10&to_date=2025-06-12", """{"2025-06-10":{"counts":[1,1],"first":2}}""")]
    // On segments by the property of the second event.
    [InlineData("born_event=Sign Up&event=View&from_date=2025-06-10&to_date=2025-06-10&interval_count=1&on=properties[\"page\"]",
        """{"2025-06-10":{"$overall":{"counts":[1,1],"first":2},"a":{"counts":[1,0],"first":2},"b":{"counts":[0,1],"first":2}}}""")]
    [InlineData("born_event=Sign Up&event=View&from_date=2025-06-10&to_date=2025-06-10&interval_count=1&on=properties[\"page\"]&segment_method=first&limit=1",
        """{"2025-06-10":{"$overall":{"counts":[1,1],"first":2},"a":{"counts":[1,1],"first":2}}}""")]
    public async Task Gives_a_row_for_each_day(string query, string expected)
    {
        foreach (var prefix in (string[])["/api/query/retention", "/api/2.0/retention/"])
        {
            using var answer = await app.GetAsync(QueryApp.MixpanelSecret, prefix, Pairs(query));
            Assert.Equal((HttpStatusCode.OK, expected), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
            Assert.True(answer.Headers.Contains("X-Cairn-Data-Up-To"));
        }
    }

    [Fact]
    public async Task Gives_rates_and_an_average_of_a_saved_report()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports")
        {
            Content = new StringContent(
                """{"name": "Viewers", "report": "retention", "definition": {"range": {"from": "2025-06-10", "to": "2025-06-12"}, "birth": "Sign Up", "return": "View", "buckets": 1}}""", System.Text.Encoding.UTF8, "application/json"),
        };
        using var kept = await app.SendAsync(QueryApp.ServiceAccount, request);
        var id = JsonDocument.Parse(await kept.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;

        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/retention", ("bookmark_id", id));
        Assert.Equal(
            """{"2025-06-10":{"counts":[1,1],"first":2,"rates":[0.5,0.5]},"2025-06-11":{"counts":[0,0],"first":0,"rates":[0,0]},"2025-06-12":{"counts":[0,0],"first":0,"rates":[0,0]},"$average":{"counts":[1,1],"first":2,"rates":[0.5,0.5]}}""",
            await answer.Content.ReadAsStringAsync());
        using var otherDays = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/retention", ("bookmark_id", id), ("from_date", "2025-06-15"), ("to_date", "2025-06-15"));
        Assert.Equal("""{"2025-06-15":{"counts":[1],"first":1,"rates":[1]},"$average":{"counts":[],"first":0,"rates":[]}}""", await otherDays.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("event=View&from_date=2025-06-10&to_date=2025-06-10", "born_event is required")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10", "to_date is required")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-09", "to_date is before from_date")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10&unit=hour", "unit must be day, week or month, not hour")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10&retention_type=first", "retention_type must be birth or compounded, not first")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10&interval_count=x", "interval_count must be a whole number from 0 to 366")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10&segment_method=last", "segment_method must be all or first, not last")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10&bookmark_id=7", "bookmark_id names no retention of this project")]
    [InlineData("born_event=Sign Up&from_date=2025-06-10&to_date=2025-06-10&born_where=(", "Error in born_where: expected a value, found the end (at character 2)")]
    public async Task Says_which_parameter_is_wrong(string query, string error)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/retention", Pairs(query));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
    }

    /// <summary>Pairs of a query that is not encoded; a value may hold any character but &amp;.</summary>
    static (string, string)[] Pairs(string query) =>
        [.. query.Split('&').Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
