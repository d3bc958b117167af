using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cairn.Api;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Benchmarks.Engine;

/// <summary>How time and memory of the eight questions grow with the events; each size in a process of its own, so that each has its own memory.</summary>
sealed class CostCurve : IBenchmark
{
    const int WarmRuns = 5;

    /// <summary>What one process says of one size begins so, before JSON.</summary>
    const string One = "one";

    public string Name => "curve";

    public string Says => "both cores, bench events in a lake that compaction made: the eight questions over growing numbers of events, each in a process with the app's memory for columns and its collector setting; [millions=1,5,20,50] [MiB for columns=as set for this machine]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        if (arguments.Count > 0 && arguments[0] == One)
        {
            var size = await MeasureAsync(int.Parse(arguments[1], CultureInfo.InvariantCulture), long.Parse(arguments[2], CultureInfo.InvariantCulture));
            await report.WriteLineAsync(One + JsonSerializer.Serialize(size));
            return;
        }
        var millions = (arguments.Count > 0 ? arguments[0] : "1,5,20,50").Split(',').Select(size => double.Parse(size, CultureInfo.InvariantCulture)).ToList();
        var budget = arguments.Count > 1 ? long.Parse(arguments[1], CultureInfo.InvariantCulture) << 20 : QuerySettings.ColumnBytes(null, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var sizes = new List<Size>();
        foreach (var size in millions) sizes.Add(await OfOwnProcessAsync((int)(size * 1_000_000), budget));
        Describe(sizes, report);
    }

    static void Describe(List<Size> sizes, TextWriter report)
    {
        report.WriteLine($"{"events",-26}{string.Concat(sizes.Select(size => $"{size.Events,22:N0}"))}");
        Line("open, nothing cached", size => $"{size.OpenMs:F0} ms");
        foreach (var question in EngineQuestions.Eight) Line(question, size => $"{size.Warm[question].Ms:F1} ({size.Warm[question].ProcessorMs:F1})");
        Line("all eight, warm", size => $"{size.AllMs:F1} ({size.AllProcessorMs:F1})");
        Line("all eight, first time", size => $"{size.FirstMs:F0} ms");
        Line("held for columns, at most", size => $"{size.CacheBytes >> 20} MiB");
        Line("memory for columns", size => $"{size.BudgetBytes >> 20} MiB");
        Line("resident, at most", size => $"{size.PeakBytes >> 20} MiB");
        report.WriteLine("milliseconds warm, in brackets of processor of both cores together");
        var (first, last) = (sizes.Count > 1 ? sizes.FirstOrDefault(size => size.Events == 5_000_000) ?? sizes[0] : sizes[0], sizes[^1]);
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{last.Events:N0} events take {last.AllMs / first.AllMs:F1} times as long as {first.Events:N0} (processor {last.AllProcessorMs / first.AllProcessorMs:F1}); the most for one question {EngineQuestions.Eight.Max(question => last.Warm[question].Ms / first.Warm[question].Ms):F1}"));
        report.WriteLine(sizes.TrueForAll(size => size.CacheBytes <= size.BudgetBytes) ? "the memory for columns holds" : "MORE IS HELD FOR COLUMNS THAN IS SET");

        void Line(string what, Func<Size, string> of) => report.WriteLine($"{what,-26}{string.Concat(sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{of(size),22}")))}");
    }

    /// <summary>Has a process of its own measure one size; the lake is made before.</summary>
    static async Task<Size> OfOwnProcessAsync(int events, long budget)
    {
        await BenchLake.FolderAsync(events);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["curve", One, string.Create(CultureInfo.InvariantCulture, $"{events}"), string.Create(CultureInfo.InvariantCulture, $"{budget}")])
        {
            RedirectStandardOutput = true,
            // As the app sets it.
            Environment = { ["DOTNET_GCConserveMemory"] = "7" },
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(One, StringComparison.Ordinal));
        return process.ExitCode == 0 && line is not null ? JsonSerializer.Deserialize<Size>(line[One.Length..])! : throw new InvalidOperationException($"{events} events: ended with {process.ExitCode}: {text}");
    }

    static async Task<Size> MeasureAsync(int events, long budget)
    {
        using var memory = new MemoryWatch();
        var (warm, first, cached) = (new Dictionary<string, Warm>(StringComparer.Ordinal), 0.0, 0L);
        var cache = new ColumnCache(budget);
        var reader = await BenchLake.OpenAsync(events, cache, EngineQuestions.Cohorts);
        var started = Stopwatch.GetTimestamp();
        using (var opened = await reader.OpenJourneysAsync(EngineQuestions.Project, [], default))
            if (opened.RowCount != events) throw new InvalidOperationException($"{opened.RowCount} rows of {events}");
        var openMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        foreach (var (name, ask) in new EngineQuestions(reader).All().Where(question => EngineQuestions.Eight.Contains(question.Name)))
        {
            var (_, timing, _) = await Timing.MeasureAsync(name, ask, WarmRuns);
            warm.Add(name, new(timing.WarmMs, timing.ProcessorMs));
            first += timing.FirstMs;
            cached = Math.Max(cached, cache.Bytes);
        }
        return new(events, openMs, first, warm, cached, budget, memory.Peak);
    }

    sealed record Warm(double Ms, double ProcessorMs);

    /// <param name="CacheBytes">Held for columns and layouts after a question, at most.</param>
    /// <param name="PeakBytes">Resident, at most.</param>
    sealed record Size(int Events, double OpenMs, double FirstMs, Dictionary<string, Warm> Warm, long CacheBytes, long BudgetBytes, long PeakBytes)
    {
        public double AllMs => Warm.Values.Sum(question => question.Ms);

        public double AllProcessorMs => Warm.Values.Sum(question => question.ProcessorMs);
    }
}
