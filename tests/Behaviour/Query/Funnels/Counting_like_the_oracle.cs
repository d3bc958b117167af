using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Funnels;

/// <summary>The funnel report and its naive twin agree on random people and questions, and so do the lists of people behind the numbers.</summary>
public class Counting_like_the_oracle
{
    static readonly string[] Filters = ["properties[\"plan\"] == \"pro\"", "properties[\"n\"] > 3", "not (properties[\"n\"] > 3)", "\"a\" in properties[\"tags\"]", "defined(properties[\"plan\"])"];

    static readonly string[] Breakdowns = ["properties[\"plan\"]", "properties[\"n\"] % 2", "properties[\"tags\"]"];

    static readonly string[] Names = ["A", "B", "C", "D"];

    static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"];

    static int Questions => FullRun.Count(400, 20_000);

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        for (var seed = 1; seed <= Questions; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Questions}, a question over up to 120 events of 6 people and a number's people each, every answer the oracle's");
    }

    [Fact]
    public async Task Adds_up_what_the_limit_leaves_out_with_each_person_once()
    {
        for (var seed = 1; seed <= Questions; seed++)
        {
            var random = new Random(seed);
            var events = RandomEvents(random);
            var definition = RandomDefinition(random) with { Counting = FunnelCounting.Uniques, Held = [], Limit = 1, Window = new ConversionWindow.Duration(TimeSpan.FromHours(random.Next(1, 48))), WithTimes = random.Next(2) == 0 };
            if (definition.Breakdowns.Count == 0) continue;
            var expected = new FunnelOracle(definition, FunnelOracle.Naive).Answer(events);

            var answer = await ReportOver(events).AnswerAsync(definition, CancellationToken.None);

            foreach (var other in answer.Series.Where(series => series.Kind == FunnelSeriesKind.Other))
            {
                var kept = answer.Series.Single(series => series.Kind == FunnelSeriesKind.Value && series.ComparedIndex == other.ComparedIndex);
                var name = string.Concat(kept.Keys.Select(key => $"|{key}"));
                var chosen = expected.Where(row => row.Compared == other.ComparedIndex && row.Bucket is null && row.Series.Length > 0 && row.Series != name)
                    .GroupBy(row => row.Person).Select(person => person.OrderBy(row => row.EntryMs).ThenByDescending(row => row.StepMs.Count).ToList())
                    .Select(rows => definition.Switches.Funnels.Attempt == FunnelAttempt.First ? rows[0] : rows.MaxBy(row => row.StepMs.Count)!).ToList();
                var reached = Enumerable.Range(1, definition.Steps.Count).Select(step => chosen.Count(row => row.StepMs.Count >= step));
                Same(seed, $"other of {definition}", string.Join(' ', reached), string.Join(' ', other.Whole.Steps.Select(step => step.Reached)));
            }
        }
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var events = RandomEvents(random);
        var definition = RandomDefinition(random) with { WithTimes = random.Next(2) == 0 };
        var expected = new FunnelOracle(definition, FunnelOracle.Naive).Answer(events);
        var report = ReportOver(events);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var series = answer.Series.ToDictionary(one => (one.ComparedIndex, one.Kind == FunnelSeriesKind.Whole ? "" : string.Concat(one.Keys.Select(key => $"|{key}"))));
        foreach (var (key, one) in series)
        {
            for (var bucket = -1; bucket < one.Buckets.Count; bucket++)
            {
                LocalDateTime? start = bucket < 0 ? null : answer.Starts[bucket];
                var counted = expected.Where(row => (row.Compared, row.Series) == key && row.Bucket == start).ToList();
                Same(seed, $"{key} at {start}\n{definition}", Text(definition, counted), Text(bucket < 0 ? one.Whole : one.Buckets[bucket]));
            }
        }
        Assert.All(expected, row => Assert.True(series.ContainsKey((row.Compared, row.Series)), $"seed {seed}: no series {row.Series}"));
        await Find(seed, random, report, definition, answer);
    }

    /// <summary>As many people as a number of the answer says.</summary>
    static async Task Find(int seed, Random random, FunnelReport report, FunnelDefinition definition, FunnelAnswer answer)
    {
        var series = answer.Series[random.Next(answer.Series.Count)];
        var bucket = random.Next(-1, series.Buckets.Count);
        var counts = bucket < 0 ? series.Whole : series.Buckets[bucket];
        var step = random.Next(definition.Steps.Count);
        var who = step + 1 == definition.Steps.Count ? FunnelWho.Reached : (FunnelWho)random.Next(3);
        var number = new FunnelNumber(who, step + 1, series.ComparedIndex, series.Keys, Bucket: bucket < 0 ? null : answer.Starts[bucket]);
        var expected = who switch
        {
            FunnelWho.Reached => counts.Steps[step].Reached,
            FunnelWho.Dropped => counts.Steps[step].Reached - counts.Steps[step + 1].Reached,
            FunnelWho.Excluded => counts.Steps[step].Excluded,
        };
        var found = await report.PeopleAsync(definition, number, CancellationToken.None);
        Assert.True(expected == found.People.Count, $"seed {seed}: {number} is {expected}, found {found.People.Count}");
    }

    static void Same(int seed, string place, string expected, string actual) =>
        Assert.True(expected == actual, $"seed {seed}: {place}\nexpected {expected}\nfound    {actual}");

    static string Text(FunnelDefinition definition, List<FunnelOracle.Counted> counted) => string.Join(" | ", Enumerable.Range(0, definition.Steps.Count).Select(step =>
    {
        var reached = counted.Where(row => row.StepMs.Count > step).ToList();
        var times = step == 0 ? [] : reached.Select(row => row.StepMs[step] - row.StepMs[step - 1]).Select(ms => Math.Max(0, ms)).Order().ToList();
        var median = times.Count == 0 || !definition.WithTimes ? 0 : (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2.0;
        return $"{reached.Count} {counted.Count(row => row.StepMs.Count == step + 1 && row.End == FunnelEnd.Excluded)} {reached.Sum(row => row.Values[step]):F3} {median:F1} {(times.Count == 0 ? 0 : times.Average()):F3}";
    }));

    static string Text(FunnelCounts counts) => string.Join(" | ", counts.Steps.Select(step =>
        $"{step.Reached} {step.Excluded} {step.Sum:F3} {step.TimeFromPrevious?.Spread?.MedianMs ?? 0:F1} {step.TimeFromPrevious?.AverageMs ?? 0:F3}"));

    static FunnelReport ReportOver(List<MemoryEvent> events) =>
        new(new ReportReader(MemoryEvents.Of(events).Source, new MemoryPeople(), ColumnMemory.For(events.Count, events.Count)), TimeProvider.System);

    static List<MemoryEvent> RandomEvents(Random random)
    {
        var start = new DateTimeOffset(2025, 3, 28, 0, 0, 0, TimeSpan.Zero);
        var (hours, events) = (random.Next(2) == 0 ? 3 : 120, new List<MemoryEvent>());
        for (var i = random.Next(0, 120); i > 0; i--)
        {
            var properties = new List<string>();
            if (random.Next(3) > 0) properties.Add($"\"plan\":\"{new[] { "free", "pro" }[random.Next(2)]}\"");
            if (random.Next(3) > 0) properties.Add($"\"n\":{random.Next(8)}");
            if (random.Next(3) == 0) properties.Add($"\"tags\":[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => $"\"{(char)('a' + random.Next(3))}\""))}]");
            var ms = random.NextInt64(hours * 3_600_000L);
            if (random.Next(3) == 0) ms -= ms % 1000;
            events.Add(new(random.Next(15) == 0 ? "$identify" : Names[random.Next(Names.Length)], start.AddMilliseconds(ms), random.Next(20) == 0 ? null : $"u{random.Next(6)}", $"{{{string.Join(',', properties)}}}")
            {
                SessionId = random.Next(6) == 0 ? null : $"{random.Next(-1, 4)}",
            });
        }
        return events;
    }

    static FunnelDefinition RandomDefinition(Random random)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZoneProviders.Tzdb[Zones[random.Next(Zones.Length)]]);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(2));
        Expression? Filter(int of) => random.Next(of) == 0 ? ExpressionParser.Parse(Filters[random.Next(Filters.Length)]) : null;
        IReadOnlyList<EventSelection> AnyOf() => random.Next(5) == 0
            ? [EventSelection.Named("A", Filter(2)), EventSelection.Named("D", Filter(2))]
            : [new EventSelection("some", random.Next(8) == 0 ? null : [.. Names.OrderBy(_ => random.Next()).Take(random.Next(1, 3))], Filter(4))];
        var order = (FunnelOrder)random.Next(3);
        var counting = (FunnelCounting)random.Next(3);
        var steps = random.Next(1, 4);
        var isBySession = counting == FunnelCounting.Sessions || random.Next(5) == 0;
        var funnels = new FunnelSwitches(
            (FunnelReentry)random.Next(4), (FunnelAttempt)random.Next(2), (StepTies)random.Next(4), isBySession ? WindowFrom.FirstStep : (WindowFrom)random.Next(2), (HeldUnit)random.Next(2),
            (FunnelSegments)random.Next(2), (FunnelTrend)random.Next(2), (AnyOrderWindow)random.Next(2));
        return new()
        {
            Project = project,
            Range = project.Days(first, first.PlusDays(random.Next(4))),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Steps = [.. Enumerable.Range(0, steps).Select(_ => new FunnelStep(AnyOf(), null, order == FunnelOrder.Any && random.Next(3) == 0))],
            Order = order,
            Counting = counting,
            Window = isBySession ? new ConversionWindow.Sessions(random.Next(1, 3)) : new ConversionWindow.Duration(TimeSpan.FromSeconds(random.Next(3) == 0 ? random.Next(1, 200_000) : random.Next(1, 4000))),
            Exclusions = steps == 1 || random.Next(2) == 0 ? [] : [new(AnyOf(), 1, random.Next(2, steps + 1))],
            Held = random.Next(4) > 0 ? [] : [ExpressionParser.Parse(Breakdowns[random.Next(Breakdowns.Length)])],
            Filter = Filter(4),
            Compared = random.Next(4) == 0 ? [new("all", null), new("some", ExpressionParser.Parse(Filters[random.Next(Filters.Length)]))] : [],
            Entrants = (FunnelEntrants)(random.Next(5) == 0 ? 1 : 0),
            Breakdowns = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new Breakdown(ExpressionParser.Parse(Breakdowns[random.Next(Breakdowns.Length)])))],
            Attribution = random.Next(3) switch { 0 => FunnelAttribution.First, 1 => FunnelAttribution.Last, _ => FunnelAttribution.AtStep(random.Next(1, steps + 1)) },
            Sum = random.Next(3) == 0 ? ExpressionParser.Parse("properties[\"n\"]") : null,
            Unit = random.Next(3) == 0 ? new(random.Next(2) == 0 ? TimeUnit.Day : TimeUnit.Hour) : null,
            Limit = 1000,
            Switches = (random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude) with { Funnels = funnels, Sessions = random.Next(2) == 0 ? SessionSwitches.Mixpanel : SessionSwitches.Amplitude },
        };
    }
}
