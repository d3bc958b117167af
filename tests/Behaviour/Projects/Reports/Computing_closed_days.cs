using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Support;
using Cairn.Support.Stores;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Projects.Reports;

/// <summary>Scheduled reports are computed for each day once it has closed, and again when something changes what they would answer.</summary>
public class Computing_closed_days
{
    static readonly string[] Zones = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC"];

    static readonly int Histories = FullRun.Count(6, 120);

    [Fact]
    public async Task A_report_begins_with_the_last_day_that_has_closed_and_goes_on_day_by_day()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-05T08:00");
        await world.KeepAsync("weekly", 7);
        await world.KeepAsync("by hand", 7, ReportSchedule.None);
        await world.RunAsync();
        Assert.Equal(["weekly 2024-03-04"], world.Taken());

        world.Rows.At("2024-03-06T00:09");
        await world.RunAsync();
        Assert.Empty(world.Taken());
        world.Rows.At("2024-03-06T00:10");
        await world.RunAsync();
        Assert.Equal(["weekly 2024-03-05"], world.Taken());
    }

    [Fact]
    public async Task A_late_event_makes_those_days_due_whose_range_holds_it_and_no_others()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-01T08:00");
        await world.KeepAsync("three days", 3);
        await world.KeepAsync("monthly", 30);
        for (var day = 1; day <= 12; day++)
        {
            world.Rows.At($"2024-03-{day:00}T12:00");
            await world.RunAsync();
        }
        world.Taken();

        world.Rows.Arrive("A ann 2024-03-04T10:00, A ann 2024-03-12T11:00");
        await world.RunAsync();

        Assert.Equal(
            ["monthly 2024-03-04", "three days 2024-03-04", "monthly 2024-03-05", "three days 2024-03-05", "monthly 2024-03-06", "three days 2024-03-06",
             .. Enumerable.Range(7, 5).Select(day => $"monthly 2024-03-{day:00}")],
            world.Taken());
    }

    [Fact]
    public async Task A_trend_of_ninety_days_computes_only_the_days_that_changed()
    {
        var world = await DailyWorld.InAsync("Europe/Berlin", "2024-03-01T08:00");
        var report = await world.KeepAsync("one day", 1);
        for (var day = 0; day < 90; day++)
        {
            world.Rows.App.Clock.Advance(TimeSpan.FromDays(1));
            await world.RunAsync();
        }
        Assert.Equal(90, world.Taken().Length);

        world.Rows.Arrive("A ann 2024-03-31T00:30, A ann 2024-04-20T10:00");
        await world.RunAsync();
        Assert.Equal(["one day 2024-03-31", "one day 2024-04-20"], world.Taken());
        for (var date = new DateOnly(2024, 3, 1); date < new DateOnly(2024, 5, 30); date = date.AddDays(1)) Assert.NotNull(await world.Store.FindAsync(world.Project.Id, report.Id, date, default));
    }

    [Fact]
    public async Task Links_make_the_days_of_the_people_due_whom_they_joined()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-01T08:00");
        await world.KeepAsync("one day", 1);
        for (var day = 1; day <= 9; day++)
        {
            world.Rows.At($"2024-03-{day:00}T12:00");
            if (day is 3 or 5) world.Rows.Arrive($"A {(day == 3 ? "ann" : "$device:d1")} 2024-03-{day:00}T11:00");
            await world.RunAsync();
        }
        world.Taken();

        world.Link("$device:d1", "ann", 1);
        await world.RunAsync();
        // Ann's own day is as it was; the device's became hers.
        Assert.Equal(["one day 2024-03-05"], world.Taken());
        await world.RunAsync();
        Assert.Empty(world.Taken());
    }

    [Fact]
    public async Task An_erasure_makes_every_day_due()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-05T08:00");
        var report = await world.KeepAsync("weekly", 7);
        await world.RunAsync();
        world.Rows.At("2024-03-06T08:00");
        await world.RunAsync();
        world.Taken();

        var stored = new StoredAnswers(world.Store, world.Erasures);
        var project = new Cairn.Query.Definitions.ReportProject(world.Project.Id, world.Project.IdentityMode, DateTimeZone.Utc);
        Assert.NotNull(await stored.FindAsync(project, report, new(2024, 3, 5), default));
        await world.Erasures.AddAsync(world.Project.Id, world.Project.IdentityMode, "e1", [], world.Rows.App.Clock.GetUtcNow().ToUnixTimeMilliseconds(), default);
        Assert.Null(await stored.FindAsync(project, report, new(2024, 3, 5), default));
        await world.RunAsync();
        Assert.Equal(["weekly 2024-03-04", "weekly 2024-03-05"], world.Taken());
        Assert.NotNull(await stored.FindAsync(project, report, new(2024, 3, 5), default));
    }

    [Fact]
    public async Task A_changed_question_is_computed_anew_and_a_changed_name_is_not()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-05T08:00");
        var report = await world.KeepAsync("weekly", 7);
        await world.RunAsync();
        world.Taken();

        await world.Saved.ChangeAsync(world.Project.Id, report.Id, 1, report.Content with { Description = "said better" }, "me", default);
        await world.RunAsync();
        Assert.Empty(world.Taken());
        await world.Saved.ChangeAsync(world.Project.Id, report.Id, 2, report.Content with { Definition = """{"range": {"last_days": 7}, "steps": ["B"]}""" }, "me", default);
        await world.RunAsync();
        Assert.Equal(["weekly 2024-03-04"], world.Taken());
    }

    [Fact]
    public async Task What_is_deleted_or_no_longer_scheduled_leaves_nothing_stored()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-05T08:00");
        var (one, other) = (await world.KeepAsync("one", 7), await world.KeepAsync("other", 7));
        await world.RunAsync();
        await world.Saved.DeleteAsync(world.Project.Id, one.Id, default);
        await world.Saved.ChangeAsync(world.Project.Id, other.Id, 1, other.Content with { Schedule = ReportSchedule.None }, "me", default);
        await world.RunAsync();
        Assert.Null(await world.Store.FindAsync(world.Project.Id, one.Id, new(2024, 3, 4), default));
        Assert.Null(await world.Store.FindAsync(world.Project.Id, other.Id, new(2024, 3, 4), default));
        Assert.Empty((await world.StateAsync()).Reports);
    }

    [Fact]
    public async Task A_report_that_can_not_be_asked_any_more_keeps_no_other_waiting()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-05T08:00");
        await world.KeepAsync("broken", 7);
        await world.KeepAsync("whole", 7);
        await world.RunAsync();
        await world.RunAsync();
        Assert.Equal(["broken 2024-03-04", "whole 2024-03-04"], world.Taken());
        Assert.All((await world.StateAsync()).Reports.Values, days => Assert.Empty(days.Due));
    }

    [Fact]
    public async Task A_changed_time_zone_begins_anew()
    {
        var world = await DailyWorld.InAsync("UTC", "2024-03-05T23:30");
        await world.KeepAsync("weekly", 7);
        await world.RunAsync();
        await world.Rows.App.Projects.ChangeAsync(world.Project.Id, new ProjectChange(TimeZone: "Asia/Tokyo"), default);
        await world.RunAsync();
        Assert.Equal(["weekly 2024-03-04", "weekly 2024-03-05"], world.Taken());
        Assert.Equal("Asia/Tokyo", (await world.StateAsync()).TimeZone);
    }

    [Theory]
    [InlineData(BlobFault.FailBefore)]
    [InlineData(BlobFault.FailAfterSuccess)]
    public async Task A_run_that_fails_at_any_write_is_finished_by_the_next(BlobFault fault)
    {
        for (var failing = 0; ; failing++)
        {
            var world = await DailyWorld.InAsync("UTC", "2024-03-01T08:00");
            var (one, other) = (await world.KeepAsync("one", 3), await world.KeepAsync("other", 30));
            await world.RunAsync();
            world.Rows.Arrive("A ann 2024-02-29T10:00");
            world.Rows.At("2024-03-12T12:00");
            var writes = 0;
            world.Rows.Blobs.Decide = (call, name) => call is BlobCall.Put && name.StartsWith("aggregates", StringComparison.Ordinal) && writes++ == failing ? fault : BlobFault.None;
            await world.RunAsync();
            var wasHit = writes > failing;
            world.Rows.Blobs.Decide = (_, _) => BlobFault.None;
            await world.RunAsync(host: 1);

            Assert.All((await world.StateAsync()).Reports.Values, days => Assert.Empty(days.Due));
            for (var date = new DateOnly(2024, 2, 29); date < new DateOnly(2024, 3, 12); date = date.AddDays(1))
                foreach (var report in new[] { one, other }) Assert.NotNull(await world.Store.FindAsync(world.Project.Id, report.Id, date, default));
            if (!wasHit) return;
            Assert.InRange(failing, 0, 200);
        }
    }

    /// <summary>Beside the world stands a calendar of its own that says which days each run has to compute: no more, no fewer.</summary>
    [Fact]
    public async Task Over_four_hundred_days_each_is_computed_exactly_when_it_should_be()
    {
        var (computed, late, catchUps) = (0, 0, 0);
        for (var seed = 1; seed <= Histories; seed++)
        {
            var random = new Random(seed);
            var zone = DateTimeZoneProviders.Tzdb[Zones[seed % Zones.Length]];
            var world = await DailyWorld.InAsync(zone.Id, "2023-11-20T10:00");
            var reports = new[] { ("daily", 1), ("weekly", 7), ("monthly", 30) };
            foreach (var (name, back) in reports) await world.KeepAsync(name, back);
            var clock = world.Rows.App.Clock;
            var end = clock.GetUtcNow().AddDays(400);
            DateOnly? through = null;
            var first = default(DateOnly);
            var touched = new SortedSet<DateOnly>();
            while (clock.GetUtcNow() < end)
            {
                // Most runs come in time; now and then nothing runs for days.
                clock.Advance(random.Next(40) == 0 ? TimeSpan.FromHours(random.Next(24, 120)) : TimeSpan.FromMinutes(random.Next(30, 360)));
                var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
                if (random.Next(4) == 0)
                {
                    var time = now - Duration.FromMinutes(random.Next(random.Next(8) == 0 ? 40 * 24 * 60 : 90));
                    world.Rows.Arrive($"A ann {time.ToDateTimeUtc():yyyy-MM-ddTHH:mm}", partition: random.Next(2));
                    touched.Add(time.InZone(zone).Date.ToDateOnly());
                }
                // The lake taking rows that nobody has looked at yet, while nothing ran, makes days due for nothing; never too few.
                var isExact = random.Next(20) > 0;
                if (!isExact) world.Rows.Compact();
                if (random.Next(60) == 0) world.Restart(random.Next(2));

                var closed = (now - Duration.FromMinutes(10)).InZone(zone).Date.PlusDays(-1).ToDateOnly();
                var expected = new SortedSet<(DateOnly Date, string Report)>();
                if (through is null) first = closed;
                foreach (var (name, back) in reports)
                    for (var date = first; date <= closed; date = date.AddDays(1))
                        if (date > (through ?? first.AddDays(-1)) || touched.Any(day => day <= date && day > date.AddDays(-back))) expected.Add((date, name));
                if (through is not null && closed.DayNumber - through.Value.DayNumber > 1) catchUps++;
                late += touched.Any(day => day <= through) ? 1 : 0;
                // What happens on an open day is counted when it closes.
                touched.RemoveWhere(day => day <= closed);
                through = closed;

                if (random.Next(3) == 0) await world.RunBothAsync();
                else await world.RunAsync(random.Next(2));
                var taken = world.Taken();
                var due = expected.Select(one => $"{one.Report} {one.Date:yyyy-MM-dd}").ToList();
                Assert.True(
                    isExact ? due.SequenceEqual(taken) : due.Except(taken).Count() == 0 && taken.Distinct().Count() == taken.Length,
                    $"seed {seed}, {zone.Id}, {now}: expected {string.Join(", ", expected)}, computed {string.Join(", ", taken)}");
                computed += taken.Length;
                if (random.Next(10) == 0) world.Rows.Compact();
                if (random.Next(10) == 0) world.Rows.DeletePassed();
            }
        }
        Assert.True(late > 0 && catchUps > 0);
        FullRun.Keep(this, $"seeds 1 to {Histories}, 400 days each in {Zones.Length} zones, two hosts: {computed} answers of 3 reports, {late} runs with late events, {catchUps} after missed days; each exactly when it should be");
    }
}
