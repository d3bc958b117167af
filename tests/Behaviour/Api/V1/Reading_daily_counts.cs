using Cairn.Projects.Aggregates;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

public sealed class Reading_daily_counts : IAsyncLifetime
{
    const string Path = "/api/v1/aggregates/events-by-name";

    ProjectsApp _app = null!;

    public async Task InitializeAsync() => _app = await ProjectsApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Counted_days_are_answered_and_the_rest_is_named_as_missing()
    {
        var store = _app.Services.GetRequiredService<AggregateStore>();
        await store.PutDayAsync(_app.Keys.ProjectId, Day(1, "UTC", new EventCount("Sign \"Up\"", 3, 2)), default);
        await store.PutDayAsync(_app.Keys.ProjectId, Day(3, "UTC"), default);
        await store.PutDayAsync(_app.Keys.ProjectId, Day(4, "Europe/Berlin"), default); // of the zone the project had before
        await store.PutStateAsync(_app.Keys.ProjectId, AggregateState.Fresh("UTC") with { Due = [new DateOnly(2024, 3, 3)] }, null, default);

        var reply = await _app.SendAsync("GET", $"{Path}?from=2024-03-01&to=2024-03-05", authorization: ProjectsApp.Basic(_app.Keys.ApiSecret, ""));

        Assert.Equal(
            $$"""
            {"project_id":"{{_app.Keys.ProjectId}}","time_zone":"UTC","from":"2024-03-01","to":"2024-03-05","days":[
            {"date":"2024-03-01","events":[{"name":"Sign \"Up\"","count":3,"users":2}],"names_left_out":0,"total":3,"active_users":2,"is_stale":false,"computed_at":"2024-03-02T00:15:00+00:00","data_up_to":null},
            {"date":"2024-03-03","events":[],"names_left_out":0,"total":0,"active_users":0,"is_stale":true,"computed_at":"2024-03-04T00:15:00+00:00","data_up_to":null}],
            "missing":["2024-03-02","2024-03-04","2024-03-05"]}
            """.ReplaceLineEndings(""),
            reply.Body);
    }

    [Theory]
    [InlineData("", "from to")]
    [InlineData("?from=2024-03-01", "to")]
    [InlineData("?from=1.3.2024&to=2024-03-01", "from")]
    [InlineData("?from=2024-03-02&to=2024-03-01", "to")]
    [InlineData("?from=2023-03-01&to=2024-03-01", "to")]
    [InlineData("?from=2024-02-30&to=2024-03-01", "from")]
    public async Task Dates_that_are_none_are_named(string query, string fields)
    {
        var reply = await _app.SendAsync("GET", Path + query, authorization: ProjectsApp.Basic(_app.Keys.ApiSecret, ""));
        Assert.Equal(400, reply.Status);
        Assert.Equal(fields.Split(' '), reply.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task The_admin_key_names_the_project()
    {
        Assert.Equal(400, (await _app.SendAsync("GET", $"{Path}?from=2024-03-01&to=2024-03-01")).Status);
        Assert.Equal(200, (await _app.SendAsync("GET", $"{Path}?from=2024-03-01&to=2024-03-01&project_id={_app.Keys.ProjectId}")).Status);
    }

    [Fact]
    public async Task What_was_imported_for_a_day_gone_by_is_counted_when_the_clock_strikes()
    {
        var time = DateTimeOffset.UtcNow.AddDays(-2);
        var secret = ProjectsApp.Basic(_app.Keys.ApiSecret, "");
        var body = $$"""[{"event": "signup", "properties": {"distinct_id": "ann", "time": {{time.ToUnixTimeSeconds()}}, "$insert_id": "1"} }]""";
        Assert.Equal(200, (await _app.SendAsync("POST", "/import?strict=1", body, secret)).Status);

        var reply = await Eventually.AsyncUntil(answer => answer.Body.Contains("signup", StringComparison.Ordinal), async () =>
        {
            await _app.SendAsync("POST", "/admin/functions/EventsByNameSchedule", "{}");
            return await _app.SendAsync("GET", $"{Path}?from={time:yyyy-MM-dd}&to={time:yyyy-MM-dd}", authorization: secret);
        });

        Assert.Contains("""[{"name":"signup","count":1,"users":1}]""", reply.Body, StringComparison.Ordinal);
    }

    static DayCounts Day(int day, string zone, params EventCount[] events) => new(
        new DateOnly(2024, 3, day), zone, events, 0, events.Sum(count => count.Count), events.Sum(count => count.Users),
        new DateTimeOffset(2024, 3, day + 1, 0, 15, 0, TimeSpan.Zero), null);
}
