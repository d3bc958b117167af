using Cairn.Model;
using Cairn.Query.Cohorts;
using Cairn.Query.Composition;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;
using Cairn.Query.Lifecycle;
using Cairn.Query.LifetimeValue;
using Cairn.Query.Retention;
using Cairn.Query.Revenue;
using Cairn.Query.Sessions;
using Cairn.Query.Stickiness;
using Cairn.Support.Ingestion;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Retention;

/// <summary>Reports by person over rows that went through the stream: a link made later joins what was two, and what came twice, late or in other borders counts once.</summary>
public class Knowing_people_who_are_joined_later
{
    const long DayMs = 86_400_000;

    static readonly long BirthMs = Batches.NowMs - 10 * DayMs;

    readonly StoredProject stored = new();

    [Theory] // five messages; in which order and borders consumers got them
    [InlineData("0..5")]
    [InlineData("0..2 2..4 4..5")]
    [InlineData("4..5 2..4 0..2")] // late
    [InlineData("0..4 2..5 0..1")] // redelivered
    public async Task Counts_one_person_once(string deliveries)
    {
        await SendAsync("Sign Up", 0, device: "d1");
        await SendAsync("View", 1, device: "d1");
        await SendAsync("View", 3, user: "ann", insertId: "v3");
        await SendAsync("View", 3, user: "ann", insertId: "v3"); // a client's retry
        await SendAsync("Log In", 4, device: "d1", user: "ann");
        foreach (var delivery in deliveries.Split(' '))
        {
            var borders = delivery.Split("..");
            await stored.ConsumeAsync(int.Parse(borders[0], null)..int.Parse(borders[1], null));
        }

        var first = Instant.FromUnixTimeMilliseconds(BirthMs).InUtc().Date;
        var (range, now) = (stored.Project.Days(first, first.PlusDays(6)), Instant.FromUnixTimeMilliseconds(Batches.NowMs));
        var retention = await new RetentionReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Now = now, Birth = [EventSelection.Named("Sign Up")], Return = [EventSelection.Named("View")], Buckets = RetentionBucket.Each(4), SumOf = Cairn.Query.Filters.ExpressionParser.ParseBreakdown("properties[\"n\"]"), Switches = Switches.Mixpanel },
            CancellationToken.None);
        Assert.Equal("1: 0 1 0 1 0, 0 1 0 3 0", $"{retention.Overall[0].Rows[0].Size}: {string.Join(' ', retention.Overall[0].Rows[0].Counts)}, {string.Join(' ', retention.Overall[0].Rows[0].Sums!)}");

        var cohort = await new CohortReport(stored.Reader, new MemoryCohorts(), TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Now = now, Condition = new CohortCondition.Did([EventSelection.Named("View")], new CohortMeasure.Count(), Comparison.Exactly, 2, TimeRange.Ever) }, CancellationToken.None);
        Assert.Equal(["ann"], cohort.People);

        var stickiness = await new StickinessReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Now = now, Events = [EventSelection.Every("any")], Unit = TimeUnit.Month, Switches = Switches.Mixpanel }, CancellationToken.None);
        Assert.Equal(1, stickiness.Overall.Rows.Sum(row => row.Exactly[3]) + stickiness.Overall.Rows.Skip(1).Sum(row => row.Size));

        var lifecycle = await new LifecycleReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Now = now, Events = [EventSelection.Every("any")], Unit = new(TimeUnit.Day), Switches = Switches.Mixpanel }, CancellationToken.None);
        Assert.Equal("100 010 001 100 010", string.Join(' ', lifecycle.Rows.Take(5).Select(row => $"{row.New + row.Resurrected}{row.Current}{row.Dormant}")));

        var revenue = await new RevenueReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Now = now, Events = [EventSelection.Named("View")], Amounts = [Cairn.Query.Filters.ExpressionParser.ParseBreakdown("properties[\"n\"]")], Active = [EventSelection.Every("any")], Switches = Switches.Mixpanel },
            CancellationToken.None);
        Assert.Equal((4, 2, 1, 1), (revenue.Overall.Whole.Revenue, revenue.Overall.Whole.Purchases, revenue.Overall.Whole.Payers, revenue.Overall.Whole.Active));

        var value = await new LifetimeValueReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Now = now, Birth = [EventSelection.Every("any")], Events = [EventSelection.Named("View")], Amounts = [Cairn.Query.Filters.ExpressionParser.ParseBreakdown("properties[\"n\"]")], Ages = [2, 4], Switches = Switches.Mixpanel },
            CancellationToken.None);
        Assert.Equal("1: 1 4", $"{value.Overall[0].Together.Size}: {string.Join(' ', value.Overall[0].Together.Ages.Select(age => age.Revenue))}");

        var composition = await new CompositionReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Now = now, Events = [EventSelection.Every("any")], By = [Breakdown.Of(Cairn.Query.Filters.PropertyScope.Event, "n")], Values = CompositionValues.Set, Switches = Switches.Mixpanel },
            CancellationToken.None);
        Assert.Equal(["0 1 3 4"], composition.Series.Select(series => string.Join(' ', series.Keys)));

        // A timeout of a day joins neighbouring days: sign-up and view, view and log-in.
        var byDay = Switches.Mixpanel with { Sessions = SessionSwitches.Mixpanel with { Timeout = TimeSpan.FromDays(1), EndAtMidnight = false, Long = LongSessions.Kept } };
        var sessions = await new SessionsReport(stored.Reader, TimeProvider.System).AnswerAsync(new() { Project = stored.Project, Range = range, Now = now, Switches = byDay }, CancellationToken.None);
        Assert.Equal((2, 1, 4, 2 * DayMs), (sessions.Series[0].Whole.Sessions, sessions.Series[0].Whole.Users, sessions.Series[0].Whole.Events, sessions.Series[0].Whole.TotalMs));

        var flow = await new FlowsReport(stored.Reader, TimeProvider.System).AnswerAsync(
            new() { Project = stored.Project, Range = range, Anchors = [new([EventSelection.Named("Sign Up")])], Forward = 4, Paths = 1, Switches = Switches.Mixpanel }, CancellationToken.None);
        Assert.Equal("Sign Up > View > View > Log In > ", string.Join(" > ", Assert.Single(flow.TopPaths).Steps.Select(step => step.Event)));
    }

    async Task SendAsync(string name, int day, string? device = null, string? user = null, string? insertId = null)
    {
        await stored.PublishAsync(Batches.Of(receivedAtMs: BirthMs + day * DayMs).With(name, user ?? $"$device:{device}", $$"""{"n":{{day}}}""", change: (ref Item item) =>
        {
            item.TimeMs = BirthMs + day * DayMs;
            if (device is not null) item.DeviceId = Batches.Utf8(device);
            if (user is not null) item.UserId = Batches.Utf8(user);
            if (insertId is not null) item.InsertId = Batches.Utf8(insertId);
        }));
    }
}
