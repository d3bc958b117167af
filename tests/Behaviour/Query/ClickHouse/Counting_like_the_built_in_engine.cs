using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Query.Retention;
using Cairn.Query.Segmentation;
using Cairn.Support;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.ClickHouse;

/// <summary>Both engines give one answer to random reports over random lakes, with links that are younger than the files.</summary>
public sealed class Counting_like_the_built_in_engine(ClickHouseFixture clickHouse) : IClassFixture<ClickHouseFixture>
{
    const int QuestionsOfLake = 6;

    [Fact]
    public async Task Gives_one_answer_to_random_segmentation()
    {
        var lakes = FullRun.Count(8, 60);
        for (var seed = 1; seed <= lakes; seed++)
        {
            var random = new Random(seed);
            var mode = (IdentityMode)random.Next(2);
            using var world = new ClickHouseWorld(clickHouse.Server, mode);
            await RandomLakes.FillAsync(world, random);
            for (var question = 0; question < QuestionsOfLake; question++)
            {
                var definition = Segmentation(random, mode);
                var here = await new SegmentationReport(world.Here, TimeProvider.System).AnswerAsync(definition, default);
                var there = await world.AskAsync($"seed {seed} question {question}", () => new SegmentationReport(world.Here, TimeProvider.System, world.There).AnswerAsync(definition, default));
                Same($"seed {seed} question {question} {definition}", here, there);
                Assert.Equal("clickhouse", there.Coverage.Engine);
                Assert.Equal(here.Coverage.DataUpToMs, there.Coverage.DataUpToMs);
            }
        }
        FullRun.Keep(this, $"segmentation: seeds 1 to {lakes}, {QuestionsOfLake} questions each, both engines gave one answer");
    }

    [Fact]
    public async Task Gives_one_answer_to_random_funnels()
    {
        var lakes = FullRun.Count(8, 60);
        var ways = new HashSet<string>();
        for (var seed = 1; seed <= lakes; seed++)
        {
            var random = new Random(seed);
            var mode = (IdentityMode)random.Next(2);
            using var world = new ClickHouseWorld(clickHouse.Server, mode);
            await RandomLakes.FillAsync(world, random, hours: random.Next(2) == 0 ? 3 : 120);
            for (var question = 0; question < QuestionsOfLake; question++)
            {
                var definition = Funnel(random, mode);
                var here = await new FunnelReport(world.Here, TimeProvider.System).AnswerAsync(definition, default);
                var there = await world.AskAsync($"seed {seed} question {question}", () => new FunnelReport(world.Here, TimeProvider.System, world.There).AnswerAsync(definition, default));
                Assert.Equal("clickhouse", there.Coverage.Engine);
                Assert.Equal(here.AreComplete, there.AreComplete);
                Assert.True(here.SeriesBeforeLimit == there.SeriesBeforeLimit, $"seed {seed} question {question} {definition}: {here.SeriesBeforeLimit} series, found {there.SeriesBeforeLimit}");
                Same($"seed {seed} question {question} {definition}", here.Series.Select(Text), there.Series.Select(Text));
                if (here.Series.Any(series => series.Whole.Converted > 0)) ways.Add($"{definition.Counting} {definition.Switches.Funnels.Ties} {definition.Switches.Funnels.Attempt} {definition.Switches.Funnels.Reentry}");
            }
        }
        Assert.True(ways.Count >= 12, $"only {ways.Count} ways of counting had anybody convert");
        FullRun.Keep(this, $"funnels: seeds 1 to {lakes}, {QuestionsOfLake} questions each, {ways.Count} ways of counting, both engines gave one answer");
    }

    [Fact]
    public async Task Gives_one_answer_to_random_retention()
    {
        var lakes = FullRun.Count(8, 60);
        for (var seed = 1; seed <= lakes; seed++)
        {
            var random = new Random(seed);
            var mode = (IdentityMode)random.Next(2);
            using var world = new ClickHouseWorld(clickHouse.Server, mode);
            await RandomLakes.FillAsync(world, random, hours: random.Next(2) == 0 ? 144 : 1440);
            for (var question = 0; question < QuestionsOfLake; question++)
            {
                var definition = Retention(random, mode);
                var here = await new RetentionReport(world.Here, TimeProvider.System).AnswerAsync(definition, default);
                var there = await world.AskAsync($"seed {seed} question {question}", () => new RetentionReport(world.Here, TimeProvider.System, world.There).AnswerAsync(definition, default));
                Assert.Equal("clickhouse", there.Coverage.Engine);
                Same($"seed {seed} question {question} {definition}", here.Overall.Concat(here.Series).Select(Text), there.Overall.Concat(there.Series).Select(Text));
            }
        }
        FullRun.Keep(this, $"retention: seeds 1 to {lakes}, {QuestionsOfLake} questions each, both engines gave one answer");
    }

    static void Same(string place, IEnumerable<string> here, IEnumerable<string> there)
    {
        var (expected, found) = (here.ToList(), there.ToList());
        var at = Enumerable.Range(0, Math.Max(expected.Count, found.Count)).FirstOrDefault(line => expected.ElementAtOrDefault(line) != found.ElementAtOrDefault(line), -1);
        Assert.True(at < 0, $"line {at} of {expected.Count} and {found.Count}\nexpected {expected.ElementAtOrDefault(at)}\nfound    {found.ElementAtOrDefault(at)}\n{place}");
    }

    static string Text(FunnelSeries series) => $"{series.Kind} {series.ComparedIndex} {string.Join('|', series.Keys)}: {Text(series.Whole)} / {string.Join(" / ", series.Buckets.Index().Where(bucket => bucket.Item.Entered > 0).Select(bucket => $"{bucket.Index} {Text(bucket.Item)}"))}";

    static string Text(FunnelCounts counts) => string.Join(", ", counts.Steps.Select(step =>
        $"{step.Reached} {step.Excluded} {step.TimeFromPrevious?.AverageMs ?? 0:F3} {step.TimeFromStart?.AverageMs ?? 0:F3} {step.TimeFromStart?.Spread?.MedianMs ?? 0:F1} {step.TimeFromPrevious?.Spread?.P90Ms ?? 0:F1}"));

    static string Text(RetentionSeries series) =>
        $"{series.ComparedIndex} {string.Join('|', series.Keys)}: {string.Join(" / ", series.Rows.Select(row => $"{row.Start} {row.Size} {string.Join(',', row.Counts)} {row.Complete} {row.Begun}"))}; {string.Join(' ', series.Average.Select(average => $"{average.Rate:F6}"))}; {series.Together.Size} {string.Join(',', series.Together.Sizes)} {string.Join(',', series.Together.Counts)}";

    static void Same(string place, SegmentationAnswer here, SegmentationAnswer there)
    {
        Assert.Equal(here.Starts, there.Starts);
        Same(place, here.Series, there.Series);
        Assert.True(here.SeriesBeforeLimit == there.SeriesBeforeLimit, $"{place}: {here.SeriesBeforeLimit} series, found {there.SeriesBeforeLimit}");
        Same($"{place}, formulas", here.Formulas, there.Formulas);
        Assert.Equal(here.Previous is null, there.Previous is null);
        if (here.Previous is not null) Same($"{place}, before", here.Previous, there.Previous!);
    }

    static void Same(string place, IReadOnlyList<Series> here, IReadOnlyList<Series> there)
    {
        var (expected, found) = (here.Select(NameOf).ToList(), there.Select(NameOf).ToList());
        Assert.True(expected.SequenceEqual(found), $"{place}: series\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', found)}");
        foreach (var (one, other) in here.Zip(there))
            foreach (var (number, theirs) in one.Values.Append(one.Whole).Zip(other.Values.Append(other.Whole)))
                // Sums are added up in another order.
                Assert.True(Math.Abs(number - theirs) <= 1e-9 * Math.Max(1, Math.Abs(number)), $"{place}: {NameOf(one)} is {string.Join(' ', one.Values)} whole {one.Whole}, found {string.Join(' ', other.Values)} whole {other.Whole}");
    }

    static string NameOf(Series series) => $"{series.EventIndex} {series.ComparedIndex} {series.Kind} {string.Join('|', series.Keys)}";

    static SegmentationDefinition Segmentation(Random random, IdentityMode mode)
    {
        var project = RandomLakes.Project(random, mode);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(3));
        var price = ExpressionParser.Parse("properties[\"price\"]");
        Measure measure = random.Next(12) switch
        {
            0 or 1 => new Measure.Totals(),
            2 or 3 or 4 => new Measure.Uniques(),
            5 => new Measure.AveragePerUser(),
            6 => new Measure.ActiveShare(),
            7 => new Measure.Percentile(price, random.NextDouble()),
            8 => new Measure.Distinct(ExpressionParser.Parse("properties[\"mixed\"]")),
            _ => new Measure.Property(price, (Aggregate)random.Next(5)),
        };
        Lookback? lookback = random.Next(6) switch
        {
            0 => new Lookback.Rolling(random.Next(1, 4)),
            1 => new Lookback.Average(random.Next(1, 4)),
            2 when measure is Measure.Uniques or Measure.ActiveShare => new Lookback.Days(random.Next(1, 8)),
            3 when measure is Measure.Totals or Measure.Uniques or Measure.Property { Kind: Aggregate.Sum } => new Lookback.SinceStart(),
            _ => null,
        };
        return new()
        {
            Project = project,
            Range = project.Days(first, first.PlusDays(random.Next(5))),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => RandomLakes.Selection(random))],
            Filter = RandomLakes.Filter(random, 3),
            Compared = random.Next(3) == 0 ? [new("all", null), new("some", RandomLakes.Filter(random, 1))] : [],
            Breakdowns = RandomLakes.SomeBreakdowns(random, 2),
            Measure = measure,
            Lookback = lookback,
            WithOverall = random.Next(4) == 0,
            Previous = random.Next(5) == 0 ? new() : null,
            Unit = new((TimeUnit)random.Next(1, 6)),
            Limit = random.Next(3) == 0 ? 2 : 10_000,
            Switches = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude,
        };
    }

    static FunnelDefinition Funnel(Random random, IdentityMode mode)
    {
        var project = RandomLakes.Project(random, mode);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(2));
        IReadOnlyList<EventSelection> AnyOf() => random.Next(5) == 0 ? [RandomLakes.Selection(random), RandomLakes.Selection(random)] : [RandomLakes.Selection(random, 5)];
        var steps = random.Next(1, 4);
        var funnels = new FunnelSwitches(
            random.Next(2) == 0 ? FunnelReentry.Default : FunnelReentry.Aggressive, (FunnelAttempt)random.Next(2), (StepTies)random.Next(4), (WindowFrom)random.Next(2), HeldUnit.Person,
            (FunnelSegments)random.Next(2), FunnelTrend.WholeRange, AnyOrderWindow.AsGiven);
        return new()
        {
            Project = project,
            Range = project.Days(first, first.PlusDays(random.Next(4))),
            Now = Instant.FromUtc(2025, 4, 1, 0, 0),
            Steps = [.. Enumerable.Range(0, steps).Select(_ => new FunnelStep(AnyOf()))],
            Counting = random.Next(2) == 0 ? FunnelCounting.Uniques : FunnelCounting.Totals,
            Window = new ConversionWindow.Duration(TimeSpan.FromSeconds(random.Next(3) == 0 ? random.Next(1, 200_000) : random.Next(1, 8000))),
            Exclusions = steps == 1 || random.Next(2) == 0 ? [] : [new(AnyOf(), 1, random.Next(2, steps + 1))],
            Filter = RandomLakes.Filter(random, 4),
            Compared = random.Next(4) == 0 ? [new("all", null), new("some", RandomLakes.Filter(random, 1))] : [],
            Breakdowns = RandomLakes.SomeBreakdowns(random, 2),
            Attribution = random.Next(3) switch { 0 => FunnelAttribution.First, 1 => FunnelAttribution.Last, _ => FunnelAttribution.AtStep(random.Next(1, steps + 1)) },
            WithTimes = random.Next(2) == 0,
            Unit = random.Next(3) == 0 ? new(random.Next(2) == 0 ? TimeUnit.Day : TimeUnit.Hour) : null,
            Limit = 1000,
            Switches = (random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude) with { Funnels = funnels },
        };
    }

    static RetentionDefinition Retention(Random random, IdentityMode mode)
    {
        var project = RandomLakes.Project(random, mode);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(3));
        return new()
        {
            Project = project,
            Range = project.Days(first, first.PlusDays(random.Next(1, 40))),
            Now = Instant.FromUtc(2025, 4, random.Next(1, 28), 0, 0),
            Birth = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => RandomLakes.Selection(random))],
            Return = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => RandomLakes.Selection(random))],
            Filter = RandomLakes.Filter(random, 4),
            Compared = random.Next(4) == 0 ? [new("all", null), new("some", RandomLakes.Filter(random, 1))] : [],
            Breakdowns = RandomLakes.SomeBreakdowns(random, 2),
            Births = (Births)random.Next(3),
            Criterion = (RetentionCriterion)random.Next(4),
            Alignment = (RetentionAlignment)random.Next(2),
            Unit = new((TimeUnit)random.Next(2, 5), random.Next(1, 3)),
            Buckets = random.Next(2) == 0 ? RetentionBucket.Each(random.Next(1, 8)) : [new(0, 1), new(1, 3), new(4, 9)],
            Limit = random.Next(3) == 0 ? 2 : 1000,
            Switches = random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude,
        };
    }
}
