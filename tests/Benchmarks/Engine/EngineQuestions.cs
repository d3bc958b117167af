using System.Globalization;
using Cairn.Query.ClickHouse;
using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Query.Retention;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Support.Query;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Benchmarks.Engine;

/// <summary>The questions of peers/questions.mjs as our reports ask them, answered in the peers' form: lines of values between tabs.</summary>
/// <param name="engine">Who answers in the place of the built-in engine what can be put into SQL; null: nobody.</param>
sealed class EngineQuestions(ReportReader reader, ClickHouseEngine? engine = null)
{
    public static readonly ReportProject Project = new(OneProject.Bench.ProjectId, OneProject.Bench.IdentityMode, DateTimeZone.Utc);

    internal static readonly Instant Now = Instant.FromUtc(2026, 6, 1, 0, 0);
    internal static readonly TimeRange Range = Project.Days(new(2026, 1, 1), new(2026, 4, 1));
    static readonly Expression Revenue = ExpressionParser.Parse("properties[\"revenue\"]");
    static readonly Breakdown Country = Breakdown.Of(PropertyScope.Event, "country");

    /// <summary>The eight that all sizes are asked.</summary>
    public static IReadOnlyList<string> Eight { get; } =
        ["daily_count", "daily_uniques_by_country", "funnel3_7d_by_plan", "funnel5_1d", "retention_30d", "behavioural_cohort", "revenue_by_month_country", "weekly_active_users"];

    readonly SegmentationReport segmentation = new(reader, TimeProvider.System, engine);
    readonly FunnelReport funnels = new(reader, TimeProvider.System, engine);
    readonly RetentionReport retention = new(reader, TimeProvider.System, engine);
    readonly CohortReport cohorts = new(reader, Cohorts, TimeProvider.System);

    /// <summary>Cohorts that questions name.</summary>
    public static ICohortDirectory Cohorts { get; } = new MemoryCohorts().With(
        "buyers", new CohortCondition.Did([EventSelection.Named("Purchase")], new CohortMeasure.Count(), Comparison.AtLeast, 3, TimeRange.Ever));

    /// <summary>By the peers' names.</summary>
    public IEnumerable<(string Name, Func<Task<string>> Ask)> All()
    {
        var count = Segmentation(EventSelection.Named("Purchase"));
        yield return ("daily_count", () => DaysAsync(count));
        yield return ("daily_uniques_by_country", () => DaysAsync(Segmentation(EventSelection.Named("Page View")) with { Measure = new Measure.Uniques(), Breakdowns = [Country] }));
        yield return ("funnel3_7d_by_plan", () => FunnelAsync(7, Breakdown.Of(PropertyScope.Event, "plan"), "Search", "Add to Cart", "Purchase"));
        yield return ("funnel5_1d", () => FunnelAsync(1, null, "Page View", "Search", "View Product", "Add to Cart", "Purchase"));
        yield return ("retention_30d", async () => Buckets((await RetentionAsync()).Overall[0]));
        yield return ("behavioural_cohort", CohortAsync);
        yield return ("revenue_by_month_country", () => DaysAsync(count with
        {
            Unit = new(TimeUnit.Month),
            Measure = new Measure.Property(Revenue, Aggregate.Sum),
            Breakdowns = [Country],
        }));
        yield return ("sessions_by_day", () => SessionQuestion.AskAsync(reader));
        yield return ("flow_3_after_search", () => FlowQuestion.AskAsync(reader));
        foreach (var question in MoneyQuestions.All(reader)) yield return question;
        yield return ("funnel3_7d_by_plan_then", FunnelByPlanThenAsync);
        yield return ("retention_30d_by_cohort", RetentionByCohortAsync);
        yield return ("p95_revenue_by_week_country", () => DaysAsync(count with { Unit = new(TimeUnit.Week), Measure = new Measure.Percentile(Revenue, 0.95), Breakdowns = [Country] }));
        yield return ("uniques_by_plan_country_os", () => DaysAsync(Segmentation(EventSelection.Named("Page View")) with
        {
            Unit = new(TimeUnit.Month),
            Measure = new Measure.Uniques(),
            Breakdowns = [Breakdown.Of(PropertyScope.Event, "plan"), Country, Breakdown.Of(PropertyScope.Event, "$os")],
        }));
        yield return ("weekly_active_users", () => DaysAsync(Segmentation(EventSelection.Every("any")) with { Unit = new(TimeUnit.Week), Measure = new Measure.Uniques() }));
    }

    static SegmentationDefinition Segmentation(EventSelection selection) =>
        new() { Project = Project, Now = Now, Range = Range, Events = [selection], Limit = 1_000, Switches = Switches.Mixpanel };

    async Task<string> DaysAsync(SegmentationDefinition definition)
    {
        var answer = await segmentation.AnswerAsync(definition, default);
        var lines = new List<string>();
        for (var bucket = 0; bucket < answer.Starts.Count; bucket++)
            foreach (var series in answer.Series.OrderBy(series => string.Concat(series.Keys), StringComparer.Ordinal))
                if (series.Values[bucket] != 0)
                    lines.Add(string.Join('\t', [LocalDatePattern.Iso.Format(answer.Starts[bucket].Date), .. series.Keys, Math.Round(series.Values[bucket], 2).ToString(CultureInfo.InvariantCulture)]));
        return string.Join('\n', lines);
    }

    /// <remarks>Best attempt within the window of the first step, as Amplitude counts; events of one millisecond have either order, as ClickHouse has it.</remarks>
    Task<string> FunnelAsync(int days, Breakdown? breakdown, params string[] steps) => FunnelAsync(days, breakdown, FunnelAttempt.Best, steps);

    /// <remarks>From each person's first search, as Mixpanel counts, so that the plan is that of one moment.</remarks>
    Task<string> FunnelByPlanThenAsync() => FunnelAsync(7, Breakdown.Of(PropertyScope.UserAtEvent, "plan"), FunnelAttempt.First, "Search", "Add to Cart", "Purchase");

    async Task<string> FunnelAsync(int days, Breakdown? breakdown, FunnelAttempt attempt, params string[] steps)
    {
        var amplitude = Switches.Amplitude;
        var answer = await funnels.AnswerAsync(
            new()
            {
                Project = Project,
                Now = Now,
                Range = Range,
                Steps = [.. steps.Select(step => FunnelStep.Of(EventSelection.Named(step)))],
                Window = new ConversionWindow.Duration(TimeSpan.FromDays(days)),
                Breakdowns = breakdown is null ? [] : [breakdown],
                WithTimes = false,
                Switches = amplitude with { MissingKey = "undefined", Funnels = amplitude.Funnels with { Attempt = attempt, Ties = StepTies.SameMillisecond } },
            },
            default);
        var kind = breakdown is null ? FunnelSeriesKind.Whole : FunnelSeriesKind.Value;
        var series = answer.Series.Where(series => series.Kind == kind).OrderBy(series => string.Concat(series.Keys), StringComparer.Ordinal);
        return string.Join('\n', series.Select(one => string.Join('\t', [.. one.Keys, .. one.Whole.Steps.Select(step => $"{step.Reached}")])));
    }

    Task<RetentionAnswer> RetentionAsync(params Breakdown[] breakdowns) => retention.AnswerAsync(
        new()
        {
            Project = Project,
            Now = Now,
            Range = Range,
            Birth = [EventSelection.Named("Sign Up")],
            Return = [EventSelection.Every("any")],
            Alignment = RetentionAlignment.Calendar,
            Buckets = RetentionBucket.Each(30),
            Breakdowns = breakdowns,
            Switches = Switches.Amplitude,
        },
        default);

    static string Buckets(RetentionSeries series) =>
        string.Join('\n', Enumerable.Range(0, 31).Select(day => string.Join('\t', [.. series.Keys, $"{day}", $"{series.Rows.Sum(row => (long)row.Counts[day])}"])));

    async Task<string> RetentionByCohortAsync()
    {
        var answer = await RetentionAsync(Breakdown.Of(PropertyScope.Cohort, "buyers"));
        return string.Join('\n', answer.Series.OrderBy(series => series.Keys[0], StringComparer.Ordinal).Select(Buckets));
    }

    async Task<string> CohortAsync()
    {
        var since = new TimeRange(Instant.FromUtc(2026, 3, 2, 0, 0), Instant.MaxValue);
        var answer = await cohorts.AnswerAsync(
            new()
            {
                Project = Project,
                Now = Now,
                Condition = new CohortCondition.All(
                [
                    new CohortCondition.Did([EventSelection.Named("Purchase")], new CohortMeasure.Count(), Comparison.AtLeast, 2, since),
                    new CohortCondition.Not(CohortCondition.Did.AtAll([EventSelection.Named("Log In")], since)),
                ]),
            },
            default);
        return $"{answer.Count}";
    }
}
