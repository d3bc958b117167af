using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
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
}
