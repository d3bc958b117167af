using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Cairn.LocalHost.Hosting;
using Cairn.Support;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.LocalHost;

/// <summary>Local timers run as the real ones: in UTC, never twice at once, one run in place of all that were missed.</summary>
public sealed class Running_by_the_clock : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cairn-");
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 30, TimeSpan.Zero));
    readonly Runs runs = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Runs_when_the_schedule_says()
    {
        await using var app = await StartAsync(typeof(Hourly));
        await MoveToAsync("2026-03-01T12:59:59Z");
        Assert.Empty(runs.Started);
        await MoveToAsync("2026-03-01T13:00:00Z");
        await runs.WaitForAsync(1);
        await MoveToAsync("2026-03-01T14:00:00Z");
        await runs.WaitForAsync(2);
        Assert.All(runs.Started, run => Assert.False(run.IsPastDue));
        Assert.Equal(new DateTime(2026, 3, 1, 13, 0, 0, DateTimeKind.Utc), runs.Started.Last().ScheduleStatus!.Last);
    }

    [Fact]
    public async Task Makes_up_once_for_all_runs_that_were_missed()
    {
        await using (var app = await StartAsync(typeof(Hourly))) await SettledAsync();
        time.Advance(TimeSpan.FromHours(5));
        await using (var app = await StartAsync(typeof(Hourly)))
        {
            await runs.WaitForAsync(1);
            Assert.True(runs.Started.Single().IsPastDue);
            await SettledAsync();
            await MoveToAsync("2026-03-01T18:00:00Z");
            await runs.WaitForAsync(2);
            Assert.False(runs.Started.Last().IsPastDue);
        }
    }

    [Fact]
    public async Task Starts_quietly_where_nothing_was_missed()
    {
        await using (var app = await StartAsync(typeof(Hourly))) await SettledAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        await using (var app = await StartAsync(typeof(Hourly))) await SettledAsync();
        Assert.Empty(runs.Started);
    }

    [Fact]
    public async Task Goes_on_after_a_failed_run()
    {
        runs.FailuresLeft = 1;
        await using var app = await StartAsync(typeof(Hourly));
        await MoveToAsync("2026-03-01T13:00:00Z");
        await runs.WaitForAsync(1);
        await MoveToAsync("2026-03-01T14:00:00Z");
        await runs.WaitForAsync(2);
    }

    [Fact]
    public async Task Runs_at_the_start_where_it_says_so()
    {
        await using var app = await StartAsync(typeof(At_start));
        await runs.WaitForAsync(1);
    }

    [Fact]
    public async Task Runs_by_hand_for_callers_on_this_machine()
    {
        await using var app = await StartAsync(typeof(Hourly));
        using var begun = await app.Http.PostAsJsonAsync("/admin/functions/Hourly", new { });
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        await runs.WaitForAsync(1);
        using var unknown = await app.Http.PostAsJsonAsync("/admin/functions/Daily", new { });
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var plain = await app.Http.PostAsync("/admin/functions/Hourly", new StringContent("{}")); // what a foreign page may send
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, plain.StatusCode);
        using var forwarded = new HttpRequestMessage(HttpMethod.Post, "/admin/functions/Hourly") { Content = JsonContent.Create(new { }) };
        forwarded.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var refused = await app.Http.SendAsync(forwarded);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Single(runs.Started);
    }

    [Fact]
    public async Task Refuses_a_schedule_that_it_can_not_read()
    {
        var refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => StartAsync(typeof(Unreadable)));
        Assert.Contains("\"every day\" is no schedule", refused.Message, StringComparison.Ordinal);
    }

    Task<LocalApp> StartAsync(Type functions) => LocalApp.StartAsync(
        builder =>
        {
            builder.ConfigureLocalHost(local => local.FunctionClasses = [functions]);
            builder.Services.AddSingleton(runs).AddSingleton<TimeProvider>(time);
        },
        folder.FullName);

    // A loop reads the clock on its own thread; give it time to begin to wait before the clock moves.
    static Task SettledAsync() => Task.Delay(300);

    async Task MoveToAsync(string instant)
    {
        await SettledAsync();
        time.SetUtcNow(DateTimeOffset.Parse(instant));
        await SettledAsync();
    }

    public sealed class Hourly(Runs runs)
    {
        [Function("Hourly")]
        public void Run([TimerTrigger("0 0 * * * *")] TimerInfo timer) => runs.Add(timer);
    }

    public sealed class At_start(Runs runs)
    {
        [Function("AtStart")]
        public Task Run([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer)
        {
            runs.Add(timer);
            return Task.CompletedTask;
        }
    }

    public static class Unreadable
    {
        [Function("Unreadable")]
        public static void Run([TimerTrigger("every day")] TimerInfo timer)
        {
        }
    }

    /// <summary>What ran.</summary>
    public sealed class Runs
    {
        readonly SemaphoreSlim added = new(0);
        int waitedFor;

        public ConcurrentQueue<TimerInfo> Started { get; } = new();

        public int FailuresLeft { get; set; }

        public void Add(TimerInfo timer)
        {
            Started.Enqueue(timer);
            added.Release();
            if (FailuresLeft-- > 0) throw new InvalidOperationException("as told");
        }

        public async Task WaitForAsync(int count)
        {
            for (; waitedFor < count; waitedFor++) Assert.True(await added.WaitAsync(TimeSpan.FromSeconds(20)), $"{Started.Count} runs");
        }
    }
}
