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

    /// <summary>
    /// Full path of its updates.parquet: distinct_id, time, plan. Of ten users nine have the plan of their events from before the first on; of four, one has the next
    /// plan from halfway between the first event and the last.
    /// </summary>
    public static async Task<string> UpdatesFileAsync(int events)
    {
        var source = await FileAsync(events);
        var file = Path.Combine(Path.GetDirectoryName(source)!, "updates.parquet");
        if (File.Exists(file)) return file;
        await Judge.DuckDb.RunAsync($"""
            copy (
                with u as (select distinct_id, any_value(plan) plan, min(time) f, max(time) l from '{source}' group by 1)
                select * from (
                    select distinct_id, f - interval 1 second as time, plan from u where hash(distinct_id) % 10 > 0
                    union all
                    select distinct_id, epoch_ms((epoch_ms(f) + epoch_ms(l)) // 2), case plan when 'free' then 'pro' when 'pro' then 'enterprise' else 'free' end from u where hash(distinct_id) % 4 = 0)
                order by time, distinct_id
            ) to '{file}.partial' (format parquet, compression zstd)
            """);
        File.Move(file + ".partial", file);
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
