using System.Diagnostics;
using System.Globalization;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;

namespace Cairn.Benchmarks.Engine;

/// <summary>The eight questions of peers/questions.mjs, over files as the lake has them, beside the peers.</summary>
sealed class EngineBenchmark : IBenchmark
{
    const int WarmRuns = 7;

    static readonly ReportProject Project = new(OneProject.Bench.ProjectId, OneProject.Bench.IdentityMode, DateTimeZone.Utc);

    public string Name => "engine";

    public string Says => "both cores, bench events in files sorted by person: opening, then the bench's questions, first time and warm; [events=2000000]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 2_000_000;
        var (cache, reader) = await ReaderAsync(events);
        await MeasureAsync("open", report, async () => $"{(await reader.OpenJourneysAsync(Project, [], default)).RowCount:N0} rows");
        // Each with nothing cached, but with compiled code: what a restart costs beside the runtime's own start.
        await MeasureAsync("open anew", report, async () => $"{(await (await ReaderAsync(events)).Reader.OpenJourneysAsync(Project, [], default)).RowCount:N0} rows");
        var segmentation = new SegmentationReport(reader, TimeProvider.System);
        foreach (var (name, definition) in Questions())
            await MeasureAsync(name, report, async () =>
            {
                var answer = await segmentation.AnswerAsync(definition, default);
                return string.Create(CultureInfo.InvariantCulture, $"{answer.Series.Count} series, whole of the first {answer.Series[0].Whole:F2}");
            });
        await MeasureAsync("match 5 steps", report, () => MatchAsync(reader, "Page View", "Search", "View Product", "Add to Cart", "Purchase"));
        await MeasureAsync("match 3 steps", report, () => MatchAsync(reader, "Search", "Add to Cart", "Purchase"));
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cache {cache.Bytes >> 20} MiB, resident {Environment.WorkingSet >> 20} MiB"));
    }

    static async Task<(ColumnCache Cache, ReportReader Reader)> ReaderAsync(int events)
    {
        var cache = new ColumnCache(3L << 30);
        return (cache, new(new StoredEvents(await LakeFiles.OpenAsync(events, cache)), new MemoryPeople(), cache));
    }

    static async Task<string> MatchAsync(ReportReader reader, params string[] steps)
    {
        var opened = await reader.OpenJourneysAsync(Project, [], default);
        var conditions = steps.Select(step => StepCondition.Of(EventSelection.Named(step))).ToArray();
        var workers = await opened.RunAsync(() => (Scan: new StepScan(conditions), Rows: new long[2]), (worker, shard) =>
        {
            var matches = worker.Scan.Match(shard, TimeRange.Ever);
            worker.Rows[0] += matches.RowCount;
            worker.Rows[1] += matches.PersonCount;
        }, default);
        return $"{workers.Sum(worker => worker.Rows[0])} rows of {workers.Sum(worker => worker.Rows[1])} persons";
    }

    static async Task MeasureAsync(string name, TextWriter report, Func<Task<string>> ask)
    {
        var times = new List<double>();
        var (answer, processor) = ("", TimeSpan.Zero);
        var firstProcessor = Environment.CpuUsage.TotalTime;
        for (var run = 0; run <= WarmRuns; run++)
        {
            if (run == 1) (processor, firstProcessor) = (Environment.CpuUsage.TotalTime, Environment.CpuUsage.TotalTime - firstProcessor);
            var started = Stopwatch.GetTimestamp();
            answer = await ask();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        processor = (Environment.CpuUsage.TotalTime - processor) / WarmRuns;
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-26} first {times[0],8:F1} ms ({firstProcessor.TotalMilliseconds,8:F1} processor)   warm {times.Skip(1).Order().ElementAt(WarmRuns / 2),8:F1} ms ({processor.TotalMilliseconds,8:F1} processor)   {answer}"));
    }

    static IEnumerable<(string Name, SegmentationDefinition Definition)> Questions()
    {
        var country = Breakdown.Of(PropertyScope.Event, "country");
        var basis = new SegmentationDefinition
        {
            Project = Project,
            Now = Instant.FromUtc(2026, 6, 1, 0, 0),
            Range = Project.Days(new(2026, 1, 1), new(2026, 4, 1)),
            Events = [EventSelection.Named("Purchase")],
            Switches = Switches.Mixpanel,
        };
        yield return ("daily_count", basis);
        yield return ("daily_uniques_by_country", basis with { Events = [EventSelection.Named("Page View")], Measure = new Measure.Uniques(), Breakdowns = [country] });
        yield return ("revenue_by_month_country", basis with
        {
            Unit = new(TimeUnit.Month),
            Measure = new Measure.Property(ExpressionParser.Parse("properties[\"revenue\"]"), Aggregate.Sum),
            Breakdowns = [country],
        });
        yield return ("weekly_active_users", basis with { Unit = new(TimeUnit.Week), Events = [EventSelection.Every("any")], Measure = new Measure.Uniques() });
    }
}
