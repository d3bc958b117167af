using System.Diagnostics;
using System.Globalization;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Query.ClickHouse;
using Cairn.Query.Scanning;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;

namespace Cairn.Benchmarks.Engine;

/// <summary>The same reports over the same lake by both engines, answers compared: what docs/operations/clickhouse.md says of when to switch.</summary>
sealed class ClickHouseBenchmark : IBenchmark
{
    static readonly string[] Questions =
    [
        "daily_count", "daily_uniques_by_country", "weekly_active_users", "revenue_by_month_country", "p95_revenue_by_week_country", "uniques_by_plan_country_os", "funnel3_7d_by_plan", "funnel5_1d", "retention_30d",
    ];

    /// <summary>A report there may take as long as this here, for nobody waits.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public string Name => "clickhouse";

    public string Says => "both cores, bench events in a lake that compaction made: reports by the built-in engine, first and warm, and by ClickHouse in process over the same lake; [events=1000000] [runs=3] [questions, with commas, else all]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        var runs = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3;
        var chosen = arguments.Count > 2 ? arguments[2].Split(',') : Questions;
        var cache = new ColumnCache(3L << 30);
        var here = new EngineQuestions(await BenchLake.OpenAsync(events, cache, EngineQuestions.Cohorts));
        var folder = await BenchLake.FolderAsync(events);
        await using var server = await ClickHouseServer.StartAsync();
        var blobs = new DiskBlobStore(folder, FileLayer.Real, TimeProvider.System);
        var lakes = new LakeSnapshots(blobs, cache, new LakeTables(blobs, TimeProvider.System));
        var people = new DirectoryPeople(new PersonDirectory(lakes), new ProfileDirectory(lakes));
        var options = new ClickHouseOptions(server.Url, "default", "", new ClickHouseLake.Folder(folder), FallsBack: false) { Timeout = Patience };
        using var engine = new ClickHouseEngine(new(options, new Dictionary<string, ClickHouseOptions?>()), lakes, people, TimeProvider.System);
        var there = new EngineQuestions(await BenchLake.OpenAsync(events, cache, EngineQuestions.Cohorts), engine).All().ToDictionary(question => question.Name, question => question.Ask);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events; median ms of {runs} runs, the first of each engine apart"));
        report.WriteLine($"{"question",-30}{"built-in first",16}{"built-in warm",16}{"ClickHouse first",18}{"ClickHouse",14}");
        var differing = new List<string>();
        foreach (var (name, ask) in here.All().Where(question => chosen.Contains(question.Name)))
        {
            var (ours, theirs) = (await MeasureAsync(ask, runs), await MeasureAsync(there[name], runs));
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30}{ours.FirstMs,16:F1}{ours.WarmMs,16:F1}{theirs.FirstMs,18:F1}{theirs.WarmMs,14:F1}"));
            if (ours.Answer != theirs.Answer) differing.Add($"{name}: the engines answer differently");
        }
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory of the built-in engine's columns: {cache.Bytes >> 20} MiB"));
        report.WriteLine(differing.Count == 0 ? "all answers are equal" : string.Join('\n', differing));
    }

    static async Task<(double FirstMs, double WarmMs, string Answer)> MeasureAsync(Func<Task<string>> ask, int runs)
    {
        var (times, answer) = (new List<double>(), "");
        for (var run = 0; run <= runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            answer = await ask();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return (times[0], times.Skip(1).Order().ElementAt(runs / 2), answer);
    }
}
