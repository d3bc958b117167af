using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Projects.Demo;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Api.V1;

/// <summary><c>POST /api/v1/demo</c>, with three hundred people instead of twenty thousand.</summary>
public sealed class Filling_the_demo : IAsyncLifetime
{
    const int People = 300;

    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 6, 15, 15, 0, 0, TimeSpan.Zero));
    readonly OutageDoor door = new();
    ProjectsApp app = null!;

    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync(services =>
    {
        services.Replace(ServiceDescriptor.Singleton(provider => new DemoFill(door.To(provider.GetRequiredService<IIngestDoor>()), time, People)));
    });

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Tells_line_by_line_how_far_it_is_and_what_it_told_is_what_reports_count()
    {
        var reply = await FillAsync();

        Assert.Equal(200, reply.Status);
        Assert.StartsWith("application/x-ndjson", reply.Headers["Content-Type"], StringComparison.Ordinal);
        var steps = Steps(reply);
        Assert.InRange(steps.Count, 5, 20);
        Assert.All(steps, step => Assert.Equal(People, step.GetProperty("people").GetInt32()));
        var done = steps.Select(step => step.GetProperty("people_done").GetInt32()).ToList();
        Assert.Equal(done.Order(), done);
        Assert.Equal(People, done[^1]);
        var told = steps[^1].GetProperty("events").GetInt64();
        Assert.Equal(told, steps.Max(step => step.GetProperty("events").GetInt64()));
        Assert.InRange(told, 40 * People, 60 * People);
        Assert.Equal(told, await CountAsync(told));
        // The links that make device and user one person are there when the events are.
        var (midnight, now) = (new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds());
        var present = Enumerable.Range(0, People).Count(index => DemoJourney.Live(index, DemoFill.Seed, midnight, now).Events.Count > 0);
        Assert.Equal(present, await CountAsync(1, "\"uniques\""));
    }

    [Fact]
    public async Task A_second_call_while_the_first_works_and_another_later_that_day_count_nothing_twice()
    {
        var both = await Task.WhenAll(FillAsync(), FillAsync());
        var told = Steps(both[0])[^1].GetProperty("events").GetInt64();
        Assert.Equal(told, Steps(both[1])[^1].GetProperty("events").GetInt64());
        Assert.Equal(told, await CountAsync(told));

        time.Advance(TimeSpan.FromHours(6));
        var later = Steps(await FillAsync())[^1].GetProperty("events").GetInt64();
        Assert.True(later > told, "the afternoon brings events of its own");
        Assert.Equal(later, await CountAsync(later));
    }

    [Fact]
    public async Task A_stream_that_goes_away_ends_it_with_a_line_that_says_so_and_filling_again_adds_the_rest()
    {
        door.FailsAfter = 3;
        var reply = await FillAsync();
        Assert.Contains("stream and the spool are away", Steps(reply)[^1].GetProperty("error").GetString(), StringComparison.Ordinal);

        door.FailsAfter = int.MaxValue;
        var told = Steps(await FillAsync())[^1].GetProperty("events").GetInt64();
        Assert.Equal(told, await CountAsync(told));
    }

    Task<Reply> FillAsync() => app.SendAsync("POST", "/api/v1/demo", authorization: ProjectsApp.Basic(app.Keys.ServiceAccount.Username, app.Keys.ServiceAccount.Secret));

    static List<JsonElement> Steps(Reply reply) => [.. reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>All events (or persons) that a report finds, once it finds enough.</summary>
    Task<double> CountAsync(long enough, string measure = "\"totals\"") => Eventually.AsyncUntil(count => count >= enough, async () =>
    {
        var reply = await app.SendAsync("POST", "/api/v1/query/segmentation",
            $$"""{"range":{"from":"2026-03-01","to":"2026-06-16"},"unit":"month","events":[{}],"measure":{{measure}}}""",
            ProjectsApp.Basic(app.Keys.ServiceAccount.Username, app.Keys.ServiceAccount.Secret));
        return reply.Json.GetProperty("series").EnumerateArray().Sum(series => series.GetProperty("whole").GetDouble());
    });

    sealed class OutageDoor : IIngestDoor
    {
        IIngestDoor? inner;
        int batches;

        /// <summary>Batches that go through before the stream is away.</summary>
        public int FailsAfter { get; set; } = int.MaxValue;

        public OutageDoor To(IIngestDoor door)
        {
            inner = door;
            return this;
        }

        public ValueTask AcceptAsync(ItemBatch batch, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref batches) > FailsAfter ? throw new StreamUnavailableException("away") : inner!.AcceptAsync(batch, cancellationToken);
    }
}
