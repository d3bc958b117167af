using System.Diagnostics;
using System.Globalization;

namespace Cairn.Benchmarks.Engine;

/// <summary>What a question took: the first time, and the median of the times after.</summary>
/// <param name="ProcessorMs">Of both cores together, the mean of the warm runs.</param>
sealed record Timing(double FirstMs, double FirstProcessorMs, double WarmMs, double ProcessorMs)
{
    /// <summary>Asks once, and then so many times.</summary>
    public static async Task<(string Name, Timing Timing, string Answer)> MeasureAsync(string name, Func<Task<string>> ask, int runs)
    {
        var times = new List<double>();
        var answer = "";
        var processor = new List<TimeSpan> { Environment.CpuUsage.TotalTime };
        for (var run = 0; run <= runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            answer = await ask();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            processor.Add(Environment.CpuUsage.TotalTime);
        }
        return (name, new(times[0], (processor[1] - processor[0]).TotalMilliseconds, times.Skip(1).Order().ElementAt(runs / 2), (processor[^1] - processor[1]).TotalMilliseconds / runs), answer);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"first {FirstMs,8:F1} ms ({FirstProcessorMs,8:F1} processor)   warm {WarmMs,8:F1} ms ({ProcessorMs,8:F1} processor)");
}
