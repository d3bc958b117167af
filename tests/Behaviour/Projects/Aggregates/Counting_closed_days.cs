using Cairn.Projects.Keys;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Projects.Aggregates;

public class Counting_closed_days
{
    readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    [Fact]
    public async Task A_day_is_counted_by_name_and_active_users_once_it_has_closed()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("signup ann 2024-03-01T10:00, buy ann 2024-03-01T11:00, signup bob 2024-03-01T12:00, signup bob 2024-03-01T13:00");

        world.At("2024-03-02T00:09");
        await world.RunAsync();
        Assert.Null(await world.DayAsync("2024-03-01"));
        world.At("2024-03-02T00:10");
        await world.RunAsync();

        Assert.Equal("signup 3/2 buy 1/1 total 4 active 2", await world.DayAsync("2024-03-01"));
        Assert.Null(await world.DayAsync("2024-03-02"));
    }

    [Theory]
    [InlineData("Asia/Kathmandu", "2024-03-01T18:14", "2024-03-01T18:15", "2024-03-01T18:25")] // UTC+5:45
    [InlineData("America/New_York", "2024-03-11T03:59", "2024-03-11T04:00", "2024-03-11T04:10")] // the day after summer time began
    [InlineData("America/Santiago", "2024-09-08T03:59", "2024-09-08T04:00", "2024-09-08T04:10")] // a day without a midnight
    public async Task Days_are_cut_where_the_projects_clocks_do(string zone, string lastMinute, string nextDay, string closes)
    {
        var world = await AggregateWorld.InAsync(zone, "2024-02-25T00:00");
        world.Arrive($"late ann {lastMinute}, early bob {nextDay}");
        world.At(closes);

        await world.RunAsync();

        var local = TimeZoneInfo.ConvertTime(world.App.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone)).Date;
        Assert.Equal("late 1/1 total 1 active 1", await world.DayAsync(local.AddDays(-1).ToString("yyyy-MM-dd")));
        Assert.Null(await world.DayAsync(local.ToString("yyyy-MM-dd")));
    }

    [Fact]
    public async Task Days_that_passed_while_nothing_ran_are_caught_up_empty_ones_too()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-01-01T12:00");
        world.Arrive("a ann 2024-01-02T10:00, a ann 2024-03-30T10:00");
        world.At("2024-04-02T06:00");

        await world.RunAsync();

        var counted = 0;
        for (var day = new DateOnly(2024, 1, 1); day <= new DateOnly(2024, 4, 1); day = day.AddDays(1))
            if (await world.DayAsync(day.ToString("yyyy-MM-dd")) is not null) counted++;
        Assert.Equal(92, counted);
        Assert.Equal("a 1/1 total 1 active 1", await world.DayAsync("2024-03-30"));
        Assert.Equal("total 0 active 0", await world.DayAsync("2024-02-29"));
        Assert.Null(await world.DayAsync("2023-12-31"));
    }

    [Fact]
    public async Task What_a_project_brought_along_from_before_its_making_is_counted_where_there_is_something()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T12:00");
        world.Arrive("a ann 2019-06-01T10:00, a bob 2019-06-01T11:00, b ann 2021-01-01T00:00");
        world.At("2024-03-01T12:05");

        await world.RunAsync();

        Assert.Equal("a 2/2 total 2 active 2", await world.DayAsync("2019-06-01"));
        Assert.Equal("b 1/1 total 1 active 1", await world.DayAsync("2021-01-01"));
        Assert.Null(await world.DayAsync("2020-01-01"));
    }

    [Fact]
    public async Task Late_events_make_just_their_days_counted_again()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("a ann 2024-03-01T10:00, a ann 2024-03-02T10:00, a ann 2024-03-03T10:00");
        world.At("2024-03-04T12:00");
        await world.RunAsync();
        var before = (await world.Store.FindDayAsync(world.Project.Id, new DateOnly(2024, 3, 3), default))!.ComputedAt;

        world.At("2024-03-04T13:00");
        world.Arrive("a bob 2024-03-02T11:00, a bob 2024-03-04T12:30");
        await world.RunAsync();

        Assert.Equal("a 2/2 total 2 active 2", await world.DayAsync("2024-03-02"));
        Assert.Equal("a 1/1 total 1 active 1", await world.DayAsync("2024-03-01"));
        Assert.Equal(before, (await world.Store.FindDayAsync(world.Project.Id, new DateOnly(2024, 3, 3), default))!.ComputedAt);
    }

    [Fact]
    public async Task An_event_that_waited_in_the_spool_is_late_though_it_was_received_early()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("a ann 2024-03-01T10:00", partition: 0);
        world.At("2024-03-02T12:00");
        await world.RunAsync();

        // Its receipt lies before all that was seen.
        world.Arrive("a bob 2024-03-01T07:59", partition: 1, receivedUtc: "2024-03-01T08:00");
        world.At("2024-03-02T12:05");
        await world.RunAsync();

        Assert.Equal("a 2/2 total 2 active 2", await world.DayAsync("2024-03-01"));
    }

    [Fact]
    public async Task A_hub_made_anew_is_a_new_line_of_rows()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("a ann 2024-03-01T10:00", stream: "one");
        world.At("2024-03-02T12:00");
        await world.RunAsync();

        world.Arrive("a bob 2024-03-01T11:00", stream: "two");
        await world.RunAsync();

        Assert.Equal("a 2/2 total 2 active 2", await world.DayAsync("2024-03-01"));
    }

    [Fact]
    public async Task A_run_that_finds_nothing_new_counts_and_writes_nothing()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("a ann 2024-03-01T10:00");
        world.At("2024-03-02T12:00");
        await world.RunAsync();
        var opened = world.OpenCount;
        world.Blobs.Decide = (call, name) => call is BlobCall.Put && name.StartsWith("aggregates", StringComparison.Ordinal)
            ? throw new InvalidOperationException($"{name} was written.")
            : BlobFault.None;

        world.At("2024-03-02T12:05");
        await world.RunAsync();

        Assert.Equal(opened + 1, world.OpenCount);
    }

    [Fact]
    public async Task A_changed_time_zone_counts_every_day_anew()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("a ann 2024-03-01T23:30");
        world.At("2024-03-03T12:00");
        await world.RunAsync();
        Assert.Equal("a 1/1 total 1 active 1", await world.DayAsync("2024-03-01"));

        await world.App.Projects.ChangeAsync(world.Project.Id, new ProjectChange(TimeZone: "Europe/Berlin"), default);
        world.At("2024-03-03T12:05");
        await world.RunAsync();

        Assert.Equal("total 0 active 0", await world.DayAsync("2024-03-01"));
        Assert.Equal("a 1/1 total 1 active 1", await world.DayAsync("2024-03-02"));
    }

    [Theory]
    [InlineData(BlobFault.FailBefore)]
    [InlineData(BlobFault.FailAfterSuccess)]
    public async Task A_run_that_fails_at_any_write_is_finished_by_the_next(BlobFault fault)
    {
        for (var failing = 0; ; failing++)
        {
            var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
            world.Arrive("a ann 2024-03-01T10:00, b bob 2024-04-20T10:00");
            world.At("2024-04-25T12:00");
            var writes = 0;
            world.Blobs.Decide = (call, name) =>
                call is BlobCall.Put && name.StartsWith("aggregates", StringComparison.Ordinal) && writes++ == failing ? fault : BlobFault.None;
            await world.RunAsync();
            var wasHit = writes > failing;
            world.Blobs.Decide = (_, _) => BlobFault.None;
            world.At("2024-04-25T12:05");
            await world.RunAsync();

            Assert.Equal("a 1/1 total 1 active 1", await world.DayAsync("2024-03-01"));
            Assert.Equal("b 1/1 total 1 active 1", await world.DayAsync("2024-04-20"));
            Assert.Empty((await world.Store.FindStateAsync(world.Project.Id, default))!.Value.Due);
            if (!wasHit) return;
            Assert.InRange(failing, 0, 200);
        }
    }

    [Fact]
    public async Task Only_the_holder_of_the_lease_counts()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.At("2024-03-05T12:00");
        await using (await world.Blobs.TryLeaseAsync("leases/events-by-name", TimeSpan.FromSeconds(60), default))
        {
            await world.RunAsync();
            Assert.Null(await world.DayAsync("2024-03-01"));
        }
        await world.RunAsync();
        Assert.NotNull(await world.DayAsync("2024-03-01"));
    }

    [Fact]
    public async Task A_project_that_can_not_be_read_does_not_keep_the_others_waiting()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        var other = await world.App.ProjectAsync("Blog");
        world.At("2024-03-02T12:00");
        world.Blobs.Decide = (call, name) => call is BlobCall.Read && name.Contains(world.Project.Id, StringComparison.Ordinal) ? BlobFault.FailBefore : BlobFault.None;

        await world.RunAsync();

        Assert.NotNull(await world.Store.FindDayAsync(other.Id, new DateOnly(2024, 3, 1), default));
        world.Blobs.Decide = (_, _) => BlobFault.None;
        Assert.Null(await world.DayAsync("2024-03-01"));
    }

    [Fact]
    public async Task What_the_lake_does_with_rows_makes_no_day_counted_again()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("signup ann 2024-03-01T10:00, signup bob 2024-02-20T10:00");
        world.At("2024-03-02T00:11");
        await world.RunAsync();
        await ChangedAsync(world);
        world.Compact();
        world.At("2024-03-02T00:16");
        await world.RunAsync();
        world.DeletePassed();
        for (var hour = 1; hour < 20; hour += 6)
        {
            world.At($"2024-03-02T{hour:00}:00");
            world.Compact();
            await world.RunAsync();
        }
        Assert.Equal(0, await ChangedAsync(world));
        Assert.Equal("signup 1/1 total 1 active 1", await world.DayAsync("2024-03-01"));
    }

    [Fact]
    public async Task A_late_row_that_the_lake_took_before_anybody_looked_makes_its_day_counted_again_and_no_other()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("signup ann 2024-03-01T10:00, signup bob 2024-02-20T10:00");
        world.At("2024-03-02T00:11");
        await world.RunAsync();
        await ChangedAsync(world);
        world.Arrive("buy ann 2024-03-01T11:00", receivedUtc: "2024-03-01T11:00");
        world.Compact();
        world.At("2024-03-02T00:16");
        await world.RunAsync();
        Assert.Equal(1, await ChangedAsync(world));
        Assert.Equal("buy 1/1 signup 1/1 total 2 active 1", await world.DayAsync("2024-03-01"));
    }

    [Fact]
    public async Task A_late_row_whose_recent_file_went_while_nothing_ran_is_found_in_the_lake()
    {
        var world = await AggregateWorld.InAsync("UTC", "2024-03-01T08:00");
        world.Arrive("signup ann 2024-03-01T10:00");
        world.At("2024-03-02T00:11");
        await world.RunAsync();
        world.Arrive("buy ann 2024-03-01T11:00");
        world.Compact();
        world.DeletePassed();
        world.At("2024-03-02T05:00");
        await world.RunAsync();
        Assert.Equal("buy 1/1 signup 1/1 total 2 active 1", await world.DayAsync("2024-03-01"));
    }

    /// <summary>Days that were put since the last call.</summary>
    async Task<int> ChangedAsync(AggregateWorld world)
    {
        var changed = 0;
        await foreach (var entry in world.Blobs.ListAsync($"aggregates/{world.Project.Id}/", after: null, default))
        {
            if (entry.Name.EndsWith("/state.json", StringComparison.Ordinal)) continue;
            if (known.GetValueOrDefault(entry.Name) == entry.ETag) continue;
            known[entry.Name] = entry.ETag;
            changed++;
        }
        return changed;
    }
}
