using System.Diagnostics;
using System.Globalization;
using Cairn.Ingestion.Consumer;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Query;
using Cairn.Support.Stores;
using NodaTime;

namespace Cairn.Benchmarks;

/// <summary>Segmentation over recent files: the questions of peers/questions.mjs that count and add up, first time and warm.</summary>
sealed class SegmentationPath : IBenchmark
{
    const int WarmRuns = 7;

    static readonly ReportProject Project = new(OneProject.Bench.ProjectId, OneProject.Bench.IdentityMode, DateTimeZone.Utc);

    public string Name => "segmentation";

    public string Says => "both cores, bench events in recent files (memory): the bench's counts, uniques and sums; baseline: one pass of a loop over times already decoded; [events=2000000]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 2_000_000;
        var stream = new InMemoryEventStream(partitionCount: 2, streamId: "bench");
        await ConsumePath.FillAsync(stream, events);
        var blobs = new InMemoryBlobStore();
        var consumer = new StreamConsumer(blobs, new DeadLetters(blobs), [], TimeProvider.System);
        for (var partition = 0; partition < 2; partition++)
            foreach (var batch in stream[partition].Chunk(64)) await consumer.ConsumeAsync("bench", partition, batch, default);
        var cache = new ColumnCache(2L << 30);
        var recent = new RecentReader(blobs, cache);
        var segmentation = new SegmentationReport(new ReportReader(new StoredEvents(recent), new MemoryPeople(), cache), TimeProvider.System);

        var snapshot = await recent.OpenAsync(Project.Id, RowLayout.Events, default);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{snapshot.RowCount:N0} rows in {snapshot.Files.Count} files"));
        await BaselineAsync(snapshot, report);
        foreach (var (name, definition) in Questions())
        {
            var times = new List<double>();
            SegmentationAnswer? answer = null;
            var processor = TimeSpan.Zero;
            for (var run = 0; run <= WarmRuns; run++)
            {
                if (run == 1) processor = Environment.CpuUsage.TotalTime;
                var started = Stopwatch.GetTimestamp();
                answer = await segmentation.AnswerAsync(definition, default);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            processor = (Environment.CpuUsage.TotalTime - processor) / WarmRuns;
            var warm = times.Skip(1).Order().ElementAt(WarmRuns / 2);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-26} first {times[0],8:F1} ms   warm {warm,8:F1} ms   processor {processor.TotalMilliseconds,8:F1} ms   {answer!.Series.Count} series, whole of the first {answer.Series[0].Whole:F2}"));
        }
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
        yield return ("daily_count, filtered", basis with { Filter = ExpressionParser.Parse("properties[\"country\"] in [\"DE\", \"FR\"] and properties[\"plan\"] != \"free\"") });
        yield return ("daily_uniques_by_country", basis with { Events = [EventSelection.Named("Page View")], Measure = new Measure.Uniques(), Breakdowns = [country] });
        yield return ("revenue_by_month_country", basis with
        {
            Unit = new(TimeUnit.Month),
            Measure = new Measure.Property(ExpressionParser.Parse("properties[\"revenue\"]"), Aggregate.Sum),
            Breakdowns = [country],
        });
        yield return ("weekly_active_users", basis with { Unit = new(TimeUnit.Week), Events = [EventSelection.Every("any")], Measure = new Measure.Uniques() });
        yield return ("events by name", basis with { Events = [EventSelection.Every("any")], Breakdowns = [Breakdown.Of(PropertyScope.EventField, EventField.Name)] });
    }

    /// <summary>What nothing can beat that looks at every time once.</summary>
    static async Task BaselineAsync(RowSnapshot snapshot, TextWriter report)
    {
        var columns = new List<Int64Column>();
        foreach (var file in snapshot.Files) columns.Add((await file.ReadInt64Async(RowLayout.Time, default))!);
        var days = new long[100];
        var best = double.MaxValue;
        for (var run = 0; run < WarmRuns; run++)
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var column in columns)
                foreach (var timeMs in column.Values) days[(timeMs / 86_400_000 - 20_454) % 100 is var day && day >= 0 ? (int)day : 0]++;
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"baseline, rows by day        best {best:F1} ms on one core"));
    }
}
