using System.Diagnostics;
using Cairn.Support;
using Xunit;
using Xunit.Abstractions;

namespace Cairn.EndToEnd.Benchmarks;

/// <summary>The benchmarks as the programs they are, each once and small: what they measure still runs, and counts what it should.</summary>
public sealed class Every_benchmark(ITestOutputHelper output)
{
    /// <summary>How long one may take on a busy machine; alone each takes a second or a few.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>By name: the arguments of a small run, and a line of what it then reports (a pattern).</summary>
    public static TheoryData<string, string, string> Small => new()
    {
        { "accept", "4000 2", @"round 3: [\d,]+ events/s \(4,000 in" },
        { "clickhouse", "4000 1", "all answers are equal" },
        { "compact", "0.02", @"merged: [\d,]+ events/s" },
        { "consume", "4000", @"opened anew: 4,000 rows" },
        { "curve", "0.002,0.004", @"4,000 events take [\d.]+ times as long as 2,000 [\s\S]*\nthe memory for columns holds" },
        { "dialects", "0.05", @"\| Segment browser \| 2,000 \|" },
        { "engine", "4000 yes", "all answers are equal" },
        { "history", "40000 6", @"nothing cached: 6 look-ups" },
        { "lake", "4000", @"open all, run 2 .* 4,000 rows" },
        { "opened", "4000 0", @"3 weekly_active_users .*\n0 s later: resident" },
        { "parquet", "4000", @"bytes: [\d.]+ B/event without" },
        { "people", "400", @"find a person and its profile: [\d,]+ ms" },
        { "pipeline", "1 2 150000 4000", @"1 M events at rest: all in the lake" },
        { "segmentation", "4000", @"daily_count .* series, whole of the first [1-9]" },
        { "track", "1 8", @"round 3: [\d.]+ requests/s, p50 \S+, p99 \S+, server [\d.]+ us of processor time a request\n" },
        { "translate", "4000", @"/track, JSON, one a body: [\d,]+ events a second" },
        { "visible", "3 4000 2", @"beside [\d,]+ events/s imported for \d+ s: \d+ events visible after" },
    };

    [Theory]
    [MemberData(nameof(Small))]
    public async Task Runs_small_and_reports_what_it_measured(string name, string arguments, string reports)
    {
        var (exitCode, text) = await RunAsync([name, .. arguments.Split(' ')]);
        output.WriteLine(text);
        Assert.True(exitCode == 0, text);
        Assert.Matches(reports, text);
    }

    [Fact]
    public async Task Is_among_those_that_run_here()
    {
        var (_, text) = await RunAsync(["list"]);
        var listed = text.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(Small.Select(row => (string)row[0]), listed);
    }

    static async Task<(int ExitCode, string Text)> RunAsync(string[] arguments)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo(RepositoryFolder.Of("artifacts", "bin", "Benchmarks", configuration, "Cairn.Benchmarks"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The server that some of them start takes its rows into the lake at the first run of the timer.
            Environment = { ["Compaction__AppendAfter"] = "00:00:00" },
        };
        using var process = Process.Start(start)!;
        var (text, faults) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} took longer than {Limit}:\n{await text}{await faults}");
        }
        return (process.ExitCode, await text + await faults);
    }
}
