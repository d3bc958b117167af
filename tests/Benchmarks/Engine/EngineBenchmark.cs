using System.Globalization;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Benchmarks.Engine;

/// <summary>The bench's questions over a lake that compaction made, beside ClickHouse and DuckDB in the same run, answers compared.</summary>
sealed class EngineBenchmark : IBenchmark
{
    const int WarmRuns = 7, PeerRuns = 5;

    public string Name => "engine";

    public string Says => "both cores, bench events in a lake that compaction made: opening, then the questions of peers/, first time and warm, beside ClickHouse and DuckDB; [events=2000000] [peers=yes] [questions, with commas, else all]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 2_000_000;
        var (cache, reader) = await ReaderAsync(events);
        report.WriteLine($"{events:N0} events");
        await OpenAsync(events, reader, report);
        var ours = new List<(string Name, Timing Timing, string Answer)>();
        var chosen = arguments.Count > 2 ? arguments[2].Split(',') : null;
        foreach (var (name, ask) in new EngineQuestions(reader).All().Where(question => chosen?.Contains(question.Name) != false)) ours.Add(await Timing.MeasureAsync(name, ask, WarmRuns));
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory with all columns of the questions: cache {cache.Bytes >> 20} MiB, live {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB, resident {Environment.WorkingSet >> 20} MiB"));
        if (arguments.Count > 1 && arguments[1] == "no")
        {
            foreach (var (name, timing, _) in ours) report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-26} {timing}"));
            return;
        }
        Compare(ours, await Peers.AskAsync(events, PeerRuns, ours.Select(question => question.Name)), report);
    }

    static async Task OpenAsync(int events, ReportReader reader, TextWriter report)
    {
        var (_, first, rows) = await Timing.MeasureAsync("open", async () => $"{(await reader.OpenJourneysAsync(EngineQuestions.Project, [], default)).RowCount:N0} rows", WarmRuns);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"open after a start: {first.FirstMs:F0} ms ({first.FirstProcessorMs:F0} ms of processor), {rows}"));
        // Each with nothing cached, but with compiled code.
        var (_, anew, _) = await Timing.MeasureAsync("open anew", async () => $"{(await (await ReaderAsync(events)).Reader.OpenJourneysAsync(EngineQuestions.Project, [], default)).RowCount}", runs: 3);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"open with nothing cached, code compiled: {anew.WarmMs:F0} ms ({anew.ProcessorMs:F0} ms of processor)"));
    }

    static void Compare(List<(string Name, Timing Timing, string Answer)> ours, Peers peers, TextWriter report)
    {
        report.WriteLine($"peers: {peers.Versions}");
        report.WriteLine("median ms; in brackets how many times slower than ours, warm beside warm tables, first time beside files");
        report.WriteLine($"{"question",-26}{"ours first",12}{"ours warm",12}{"processor",12}{string.Concat(Peers.Layouts.Select(layout => $"{layout,22}"))}");
        var differing = new List<string>();
        foreach (var (name, timing, answer) in ours)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{name,-26}{timing.FirstMs,12:F1}{timing.WarmMs,12:F1}{timing.ProcessorMs,12:F1}");
            foreach (var layout in Peers.Layouts)
            {
                var beside = layout.EndsWith("parquet", StringComparison.Ordinal) ? timing.FirstMs : timing.WarmMs;
                line += peers.MedianMs(layout, name) is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms,13:F1} ({ms / beside,5:F1}x)") : $"{"-",22}";
            }
            report.WriteLine(line);
            differing.AddRange(peers.Against(name, answer).Select(layout => $"{name}: {layout} answers otherwise"));
        }
        report.WriteLine(differing.Count == 0 ? "all answers are equal" : string.Join('\n', differing));
    }

    static async Task<(ColumnCache Cache, ReportReader Reader)> ReaderAsync(int events)
    {
        var cache = new ColumnCache(3L << 30);
        return (cache, await BenchLake.OpenAsync(events, cache, EngineQuestions.Cohorts));
    }
}
