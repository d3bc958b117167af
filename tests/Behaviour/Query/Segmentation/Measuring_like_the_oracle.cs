using Cairn.Behaviour.Query.Sessions;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Segmentation;

/// <summary>Metrics that look back, persons' own numbers, distributions, overall series and others are what a naive twin says of random events; the people behind a number are as many as it says.</summary>
public class Measuring_like_the_oracle
{
    static readonly Expression Price = ExpressionParser.Parse("properties[\"price\"]"), Tags = ExpressionParser.ParseBreakdown("properties[\"tags\"]"), Mixed = ExpressionParser.ParseBreakdown("properties[\"mixed\"]");

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        var seeds = FullRun.Count(120, 1_000);
        for (var seed = 1; seed <= seeds; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {seeds}: engine and oracle gave the same answer, and as many people as the number said");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var events = Counting_like_the_oracle.RandomEvents(random).Select(row => row with { SessionId = random.Next(4) switch { 0 => null, 1 => "-1", _ => $"{random.Next(5)}" } }).ToList();
        var plain = Counting_like_the_oracle.RandomDefinition(random);
        var definition = plain with
        {
            // Of minutes the naive twin is too slow: the kernel does not know a minute from an hour but by where it begins.
            Unit = plain.Unit.Unit == TimeUnit.Minute ? new(TimeUnit.Hour) : plain.Unit,
            Metrics = [.. plain.Events.Select(_ => RandomMetric(random))],
            // A list and a list again would be a row many times over, each a series: what the limit keeps of those is small.
            Limit = random.Next(3) == 0 ? 10_000 : random.Next(1, 4),
            WithOverall = random.Next(2) == 0,
            WithOther = random.Next(2) == 0,
            Switches = plain.Switches with { Sessions = RandomSwitches(random) },
        };
        var report = new SegmentationReport(new(Counting_like_the_oracle.Cut(events, random).Source, new MemoryPeople(), new ColumnCache(1 << 20)), TimeProvider.System);
        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var oracle = new MetricOracle(definition, answer);
        foreach (var (found, values, whole) in oracle.Expected(events))
        {
            var place = $"seed {seed}, {found.Kind} {string.Join('|', found.Keys)} of {definition.MetricOf(found.EventIndex)}";
            for (var bucket = 0; bucket < values.Length; bucket++) Same(values[bucket], found.Values[bucket], $"{place}, at {answer.Starts[bucket]}");
            Same(whole, found.Whole, $"{place}, whole");
            if (found.Kind != SeriesKind.Value) continue;
            foreach (var bin in found.Bins)
            {
                Same(oracle.InBin(events, found, bin, null), bin.Whole, $"{place}, bin {bin.From}");
                for (var bucket = 0; bucket < values.Length; bucket++) Same(oracle.InBin(events, found, bin, bucket), bin.Values[bucket], $"{place}, bin {bin.From} at {answer.Starts[bucket]}");
            }
        }
        if (answer.Series.Count > 0) await HasAsManyPeople(report, definition, answer, random, seed);
    }

    static async Task HasAsManyPeople(SegmentationReport report, SegmentationDefinition definition, SegmentationAnswer answer, Random random, int seed)
    {
        var series = answer.Series[random.Next(answer.Series.Count)];
        var metric = definition.MetricOf(series.EventIndex);
        if (metric.Lookback is Lookback.Average) return;
        var bucket = random.Next(-1, answer.Starts.Count);
        var bin = series.Bins.Count > 0 && random.Next(2) == 0 ? series.Bins[random.Next(series.Bins.Count)] : null;
        var number = new SegmentationNumber(
            series.EventIndex, series.ComparedIndex, series.Kind, series.Keys, bucket < 0 ? null : answer.Starts[bucket],
            bin is null ? null : bin.From ?? double.NegativeInfinity, bin?.Until ?? double.PositiveInfinity);

        var people = (await report.PeopleAsync(definition, number, CancellationToken.None)).People;

        var said = bin is null ? bucket < 0 ? series.Whole : series.Values[bucket] : bucket < 0 ? bin.Whole : bin.Values[bucket];
        var place = $"seed {seed}, people of {number} of {metric}";
        Assert.True(people.Select(person => person.Person).SequenceEqual(people.Select(person => person.Person).Distinct().Order(StringComparer.Ordinal)), place);
        if (metric.Measure is Measure.Uniques or Measure.Frequency) Same(said, people.Count, place);
        // Events of nobody are none of anybody's, but every event of somebody is there.
        if (metric.Measure is Measure.Totals) Assert.True(people.Sum(person => person.Number) <= said, place);
        if (metric.Measure is Measure.Sessions or Measure.PerUser { As: { Fraction: null, Kind: Aggregate.Sum } }) Same(said, people.Sum(person => person.Number), place);
        if (metric.Measure is Measure.PerUser { As: { Fraction: null, Kind: Aggregate.Greatest } } && people.Count > 0) Same(said, people.Max(person => person.Number), place);
    }

    static SessionSwitches RandomSwitches(Random random)
    {
        var switches = RandomSessions.Switches(random);
        return switches with
        {
            Property = switches.By == SessionsBy.Property ? ExpressionParser.Parse("properties[\"plan\"]") : null,
            StartEvents = switches.By == SessionsBy.Events ? ["Sign Up"] : [],
            EndEvents = random.Next(2) == 0 ? ["Purchase"] : [],
            ExcludedEvents = random.Next(4) == 0 ? ["View"] : [],
        };
    }

    static Metric RandomMetric(Random random)
    {
        UserNumber own = random.Next(5) switch
        {
            0 => new UserNumber.Events(),
            1 => new UserNumber.Distinct(random.Next(2) == 0 ? Tags : Mixed),
            2 => new UserNumber.Sessions(),
            _ => new UserNumber.Property(Price, (Aggregate)random.Next(4)),
        };
        Measure measure = random.Next(14) switch
        {
            0 => new Measure.Totals(),
            1 or 2 => new Measure.Uniques(),
            3 => new Measure.AveragePerUser(),
            4 => new Measure.Property(Price, (Aggregate)random.Next(5)),
            5 or 6 => new Measure.Percentile(Price, Math.Round(random.NextDouble(), 2)),
            7 => new Measure.Distinct(random.Next(2) == 0 ? Tags : Mixed),
            8 or 9 => new Measure.PerUser(own, random.Next(3) == 0 ? Summary.Percentile(0.9) : new((Aggregate)random.Next(5))),
            10 or 11 => new Measure.Sessions(),
            12 => new Measure.Frequency(own, random.Next(2) == 0 ? null : [1, 2, 5, 50]),
            _ => new Measure.Histogram(Price, random.Next(2) == 0 ? null : [10, 20.5, 70]),
        };
        if (measure is Measure.Frequency or Measure.Histogram) return new(measure);
        Lookback? lookback = random.Next(6) switch
        {
            0 => new Lookback.Rolling(random.Next(1, 6)),
            1 => new Lookback.Average(random.Next(1, 6)),
            2 when measure is Measure.Totals or Measure.Uniques or Measure.Property { Kind: Aggregate.Sum } => new Lookback.SinceStart(),
            3 when measure is Measure.Uniques => new Lookback.Days(new[] { 1, 2, 7, 30 }[random.Next(4)]),
            _ => null,
        };
        return new(measure, lookback);
    }

    static void Same(double expected, double actual, string place) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Abs(expected)), $"expected {expected}, found {actual}: {place}");
}
