using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Sessions;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Sessions;

/// <summary>Every number of a sessions report is that of a naive twin, and leads to as many sessions and users, on random questions.</summary>
public class Counting_like_the_oracle
{
    /// <summary>Memory for columns that holds no question's rows at once: they are read share by share.</summary>
    const int FewBytes = 10_000;

    static readonly int Questions = FullRun.Count(100, 3_000);

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        for (var seed = 1; seed <= Questions; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Questions}: every number is that of the naive twin, and leads to as many sessions and users");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var definition = RandomDefinition(random);
        var events = RandomSessions.Events(random, random.Next(1, 8), 40);
        var source = new MemoryEvents();
        foreach (var part in events.OrderBy(_ => random.Next()).Chunk(random.Next(1, 60))) source.AddPart(part);
        var report = new SessionsReport(new ReportReader(source.Source, new MemoryPeople(), new ColumnCache(random.Next(3) == 0 ? FewBytes : 1 << 20)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var oracle = new SessionsOracle(definition, events);
        var names = answer.Series.Where(series => series.Kind == SessionSeriesKind.Value).Select(series => string.Join('|', series.Keys)).ToList();
        Assert.Equal(oracle.Ranked().Take(definition.Limit), names);
        Assert.True(answer.SeriesBeforeLimit == oracle.Ranked().Count, $"seed {seed}: {answer.SeriesBeforeLimit} series, not {oracle.Ranked().Count}");
        foreach (var series in answer.Series)
            for (var bucket = -1; bucket < series.Buckets.Count; bucket++)
            {
                LocalDateTime? start = bucket < 0 ? null : answer.Starts[bucket];
                var expected = oracle.Cell(series.Kind, string.Join('|', series.Keys), names, start);
                var where = $"seed {seed}, {series.Kind} {string.Join('|', series.Keys)}, {start}";
                Check(where, definition, expected, bucket < 0 ? series.Whole : series.Buckets[bucket]);
                if (random.Next(6) == 0) await CheckPeople(where, report, definition, new(series.Keys, series.Kind == SessionSeriesKind.Other, start), expected);
                if (bucket >= 0) continue;
                Assert.True(Ends(expected, session => session[0].Name, definition.Ends) == string.Join(' ', series.Entries.Select(end => $"{end.Event} {end.Sessions}")), $"{where}: entries");
                Assert.True(Ends(expected, session => session[^1].Name, definition.Ends) == string.Join(' ', series.Exits.Select(end => $"{end.Event} {end.Sessions}")), $"{where}: exits");
            }
    }

    static void Check(string where, SessionsDefinition definition, SessionsOracle.Counted expected, SessionCounts found)
    {
        var lengths = expected.Sessions.Select(SessionsOracle.LengthMs).Order().ToList();
        Assert.True(found.Sessions == expected.Sessions.Count, $"{where}: {found.Sessions} sessions, not {expected.Sessions.Count}");
        Assert.True(found.Users == expected.Users.Count, $"{where}: {found.Users} users, not {expected.Users.Count}");
        Assert.True(found.Events == expected.Sessions.Sum(session => session.Count), $"{where}: {found.Events} events");
        Assert.True(found.TotalMs == lengths.Sum(), $"{where}: {found.TotalMs} ms, not {lengths.Sum()}");
        Assert.Equal(lengths.Count == 0, found.Lengths is null);
        for (var bin = 0; bin < found.Bins.Count; bin++)
            Assert.True(found.Bins[bin] == lengths.Count(length => length >= definition.BinsMs[bin] && length < definition.BinsMs[bin + 1]), $"{where}: bin {bin}");
        if (found.Lengths is not { } spread) return;
        foreach (var (percentile, value) in new[] { (0, spread.LeastMs), (0.25, spread.P25Ms), (0.5, spread.MedianMs), (0.75, spread.P75Ms), (0.9, spread.P90Ms), (0.99, spread.P99Ms), (1, spread.GreatestMs) })
        {
            var (below, part) = ((int)(percentile * (lengths.Count - 1)), percentile * (lengths.Count - 1) % 1);
            var named = lengths[below] + part * (lengths[Math.Min(below + 1, lengths.Count - 1)] - lengths[below]);
            Assert.True(Math.Abs(value - named) < 0.001, $"{where}: percentile {percentile} is {value}, not {named}");
        }
    }

    static async Task CheckPeople(string where, SessionsReport report, SessionsDefinition definition, SessionsNumber number, SessionsOracle.Counted expected)
    {
        var (sessions, _) = await report.SessionsAsync(definition, number, CancellationToken.None);
        Assert.Equal(
            expected.Sessions.Select(session => $"{session[0].DistinctId} {session[0].Time.ToUnixTimeMilliseconds()} {SessionsOracle.LengthMs(session)} {session.Count} {session[0].Name} {session[^1].Name}").Order(StringComparer.Ordinal),
            sessions.Select(session => $"{session.Person} {session.StartMs} {session.LengthMs} {session.Events} {session.Entry} {session.Exit}").Order(StringComparer.Ordinal));
        var (users, _) = await report.UsersAsync(definition, number, CancellationToken.None);
        Assert.True(expected.Users.Order(StringComparer.Ordinal).SequenceEqual(users), $"{where}: users {string.Join(' ', users)}");
        var (some, _) = await report.SessionsAsync(definition, number with { Entry = "View", FromMs = 1, UntilMs = 3_600_000 }, CancellationToken.None);
        Assert.Equal(expected.Sessions.Count(session => session[0].Name == "View" && SessionsOracle.LengthMs(session) is >= 1 and < 3_600_000), some.Count);
    }

    static string Ends(SessionsOracle.Counted cell, Func<List<MemoryEvent>, string> end, int most) => string.Join(' ', cell.Sessions.GroupBy(end)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(most).Select(group => $"{group.Key} {group.Count()}"));

    static SessionsDefinition RandomDefinition(Random random)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZoneProviders.Tzdb[RandomSessions.Zones[random.Next(RandomSessions.Zones.Length)]]);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(3));
        var range = project.Days(first, first.PlusDays(random.Next(4)));
        return new()
        {
            Project = project,
            // Once in a while no whole days.
            Range = random.Next(4) == 0 ? new(range.From + Duration.FromHours(random.Next(1, 20)), range.Until) : range,
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = random.Next(3) > 0 ? [] : [EventSelection.Named("Buy"), EventSelection.Named("View", ExpressionParser.Parse("properties[\"n\"] > 0"))],
            Filter = random.Next(3) > 0 ? null : ExpressionParser.Parse("properties[\"n\"] < 2"),
            Breakdowns = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Breakdown.Of(PropertyScope.Event, new[] { "n", "visit", "tags" }[random.Next(3)]))],
            Unit = new(random.Next(3) == 0 ? TimeUnit.Hour : TimeUnit.Day, random.Next(1, 3)),
            BinsMs = random.Next(2) == 0 ? SessionsDefinition.DefaultBinsMs : [0, 1, 600_000, 3_600_000],
            Ends = random.Next(5),
            Limit = random.Next(3) == 0 ? random.Next(1, 4) : 1000,
            Switches = (random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude) with { Sessions = RandomSessions.Switches(random) },
        };
    }
}
