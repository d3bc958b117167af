using System.Diagnostics;

namespace Cairn.Support;

/// <summary>Waits for what takes a moment: asks again until an answer satisfies, or gives the last answer back after the limit.</summary>
public static class Eventually
{
    /// <summary>How long is long enough on a machine that also runs everything else.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<T> AsyncUntil<T>(Func<T, bool> satisfied, Func<Task<T>> ask, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (satisfied(answer) || Stopwatch.GetElapsedTime(started) > (limit ?? Limit)) return answer;
            await Task.Delay(50);
        }
    }
}
