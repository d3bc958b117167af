using System.Diagnostics;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>The data set of peers/generate.mjs, made once per size and kept under artifacts.</summary>
static class BenchEvents
{
    /// <summary>Full path of its events.parquet.</summary>
    public static async Task<string> FileAsync(int events)
    {
        var folder = RepositoryFolder.Of("artifacts", "bench", $"events-{events}");
        var file = Path.Combine(folder, "events.parquet");
        if (File.Exists(file)) return file;
        var partial = folder + ".partial";
        // Read from standard input, the script finds its packages where it runs: in the tests' npm folder.
        using var process = NodeTool.Start("node", ["--input-type=module", "-", partial, $"{events}"], NpmFolder.Path);
        var output = process.StandardOutput.ReadToEndAsync();
        var faults = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(RepositoryFolder.Of("tests", "Benchmarks", "peers", "generate.mjs")));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"generate.mjs ended with {process.ExitCode}: {await faults}{await output}");
        Directory.Move(partial, folder);
        return file;
    }

    /// <summary>Runs something and gives what it cost: processor time of this process, and time on the wall.</summary>
    public static (TimeSpan Processor, TimeSpan Wall) Measure(Action work)
    {
        using var process = Process.GetCurrentProcess();
        process.Refresh();
        var before = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        work();
        watch.Stop();
        process.Refresh();
        return (process.TotalProcessorTime - before, watch.Elapsed);
    }
}
