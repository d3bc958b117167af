using System.Globalization;
using System.Text.Json;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary>Whoever may read reports sees when each job ran, how it ended, and how far their project's daily reports have come.</summary>
public sealed class Looking_at_jobs : IAsyncLifetime
{
    ProjectsApp app = null!;

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_saved_funnel_is_computed_by_the_clock_and_answered_from_its_day()
    {
        var secret = ProjectsApp.Basic(app.Keys.ApiSecret, "");
        var time = DateTimeOffset.UtcNow.AddDays(-3);
        var events = $$$"""
            [{"event": "Sign Up", "properties": {"distinct_id": "ann", "time": {{{time.ToUnixTimeSeconds()}}}, "$insert_id": "1"}},
             {"event": "Purchase", "properties": {"distinct_id": "ann", "time": {{{time.ToUnixTimeSeconds() + 60}}}, "$insert_id": "2"}}]
            """;
        Assert.Equal(200, (await app.SendAsync("POST", "/import?strict=1", events, secret)).Status);
        var kept = await app.SendAsync("POST", "/api/v1/reports", """{"name": "f", "report": "funnels", "definition": {"range": {"last_days": 7}, "steps": ["Sign Up", "Purchase"]}}""", secret);
        Assert.Equal(201, kept.Status);
        var id = kept.Json.GetProperty("id").GetString();
        var before = await app.SendAsync("GET", "/api/v1/jobs", authorization: secret);
        Assert.Equal(0, before.Json.GetProperty("daily_reports").GetArrayLength());

        var answer = await Eventually.AsyncUntil(reply => reply.Json.TryGetProperty("aggregate", out _) && reply.Body.Contains("\"count\":1", StringComparison.Ordinal), async () =>
        {
            await app.SendAsync("POST", "/admin/functions/DailyReportsSchedule", "{}");
            return await app.SendAsync("GET", $"/api/v1/reports/{id}/answer", authorization: secret);
        });
        Assert.Equal([1, 1], answer.Json.GetProperty("series")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").GetInt32()));

        var jobs = (await app.SendAsync("GET", "/api/v1/jobs", authorization: secret)).Json;
        var job = jobs.GetProperty("jobs").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "DailyReportsSchedule");
        Assert.Equal("well", job.GetProperty("end").GetString());
        Assert.Equal(JsonValueKind.Number, job.GetProperty("seconds").ValueKind);
        var days = Assert.Single(jobs.GetProperty("daily_reports").EnumerateArray());
        var yesterday = answer.Json.GetProperty("aggregate").GetProperty("date").GetString();
        Assert.Equal((id, yesterday, 0), (days.GetProperty("report").GetString(), days.GetProperty("through").GetString(), days.GetProperty("due").GetArrayLength()));
        Assert.True(DateOnly.Parse(yesterday!, CultureInfo.InvariantCulture) < DateOnly.FromDateTime(DateTime.Today.AddDays(1)));
    }
}
