using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Lifecycle;

/// <summary>The whole days, weeks or months that a report's range touches.</summary>
sealed class LifecycleIntervals
{
    public LifecycleIntervals(LifecycleDefinition definition)
    {
        definition.Check();
        var zone = definition.Project.Zone;
        Starts = Buckets.Cut(definition.Range, definition.Unit, zone, definition.Switches.FirstDayOfWeek).Starts;
        var (first, last) = (Starts[0].Date, Starts[^1].Date);
        LocalDate[] dates = [Later(first, -1, definition.Unit), .. Starts.Select(start => start.Date), Later(last, 1, definition.Unit)];
        StartsMs = [.. dates.Select(date => zone.AtStartOfDay(date).ToInstant().ToUnixTimeMilliseconds())];
        Begun = StartsMs[1..^1].Count(start => start <= definition.Now.ToUnixTimeMilliseconds());
    }

    /// <summary>The local times at which the intervals begin, ascending.</summary>
    public IReadOnlyList<LocalDateTime> Starts { get; }

    public int Count => Starts.Count;

    /// <summary>Where the interval before the first begins, then each of them, then where the last ends, Unix milliseconds.</summary>
    public long[] StartsMs { get; }

    /// <summary>How many have begun.</summary>
    public int Begun { get; }

    static LocalDate Later(LocalDate date, int intervals, BucketSize size) => size.Unit switch
    {
        TimeUnit.Day => date.PlusDays(size.Count * intervals),
        TimeUnit.Week => date.PlusWeeks(size.Count * intervals),
        _ => date.PlusMonths(size.Count * intervals),
    };
}
