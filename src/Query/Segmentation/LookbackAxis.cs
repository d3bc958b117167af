using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Segmentation;

/// <summary>A metric's time axis: the buckets that rows are counted into, which may begin before the range, and the windows over them that have a number each.</summary>
/// <remarks>Without a lookback every bucket is its own window. Windows begin and end in order, so that those of one counted bucket stand together.</remarks>
sealed class LookbackAxis
{
    readonly int[] first, last;

    LookbackAxis(Buckets shown, Buckets counted, int lead, int[] first, int[] last, int windowCount) =>
        (Shown, Counted, Lead, this.first, this.last, WindowCount, IsPlain) = (shown, counted, lead, first, last, windowCount, first.Length == 0);

    /// <summary>The buckets that are answered.</summary>
    public Buckets Shown { get; }

    /// <summary>What rows are counted into.</summary>
    public Buckets Counted { get; }

    /// <summary>Windows before the first answered bucket.</summary>
    public int Lead { get; }

    public int WindowCount { get; }

    /// <summary>Whether every bucket is its own window and none lies before the range.</summary>
    public bool IsPlain { get; }

    /// <summary>The windows that a counted bucket belongs to, both ends included; none where the last comes before the first.</summary>
    public (int First, int Last) WindowsOf(int counted) => (first[counted], last[counted]);

    /// <summary>The counted buckets of an answered bucket's window, both ends included.</summary>
    public bool Covers(int shown, int counted) => IsPlain ? shown == counted : first[counted] <= shown + Lead && shown + Lead <= last[counted];

    /// <summary>Cuts a definition's range, and as much before it as a metric looks back.</summary>
    /// <exception cref="DefinitionException">There would be too many buckets.</exception>
    public static LookbackAxis Of(SegmentationDefinition definition, Metric metric)
    {
        var shown = Cut(definition, definition.Range.From, definition.Unit);
        switch (metric.Lookback)
        {
            case Lookback.Rolling rolling:
                var counted = Cut(definition, Before(definition, shown, rolling.Buckets - 1), definition.Unit);
                var lead = LeadOf(counted, shown);
                return Windowed(shown, counted, [.. Enumerable.Range(0, shown.Count).Select(bucket => (lead + bucket - rolling.Buckets + 1, lead + bucket))]);
            case Lookback.Days days:
                return OfDays(definition, shown, days.Count);
            case Lookback.Average average:
                var averaged = Cut(definition, Before(definition, shown, average.Buckets - 1), definition.Unit);
                var identity = Enumerable.Range(0, averaged.Count).ToArray();
                return new(shown, averaged, LeadOf(averaged, shown), identity, identity, averaged.Count);
            case Lookback.SinceStart when metric.Measure is Measure.Uniques:
                return Windowed(shown, shown, [.. Enumerable.Range(0, shown.Count).Select(bucket => (0, bucket))]);
            default:
                // What adds up needs no windows: the buckets before are added afterwards.
                return new(shown, shown, 0, [], [], shown.Count);
        }
    }

    static LookbackAxis OfDays(SegmentationDefinition definition, Buckets shown, int days)
    {
        // Below a day the window moves with the hour; from a day on it is made of days, whatever the bucket.
        var unit = definition.Unit.Unit < TimeUnit.Day ? definition.Unit : new(TimeUnit.Day);
        var from = definition.Project.Zone.AtStartOfDay(shown.Starts[0].Date.PlusDays(-days)).ToInstant();
        var counted = Cut(definition, from, unit);
        var untilLocal = definition.Range.Until.InZone(definition.Project.Zone).LocalDateTime;
        var windows = new (int, int)[shown.Count];
        var (low, high) = (0, 0);
        for (var bucket = 0; bucket < windows.Length; bucket++)
        {
            var end = bucket + 1 < shown.Count ? shown.Starts[bucket + 1] : LocalDateTime.Min(EndOf(shown.Starts[bucket], definition.Unit), untilLocal);
            while (low < counted.Count && counted.Starts[low] < end.PlusDays(-days)) low++;
            while (high < counted.Count && counted.Starts[high] < end) high++;
            windows[bucket] = (low, high - 1);
        }
        return Windowed(shown, counted, windows);
    }

    /// <param name="windows">The counted buckets of each answered one's window, both ends included; both ascend.</param>
    static LookbackAxis Windowed(Buckets shown, Buckets counted, (int From, int To)[] windows)
    {
        var (first, last) = (new int[counted.Count], new int[counted.Count]);
        var (from, to) = (0, -1);
        for (var bucket = 0; bucket < first.Length; bucket++)
        {
            while (from < windows.Length && windows[from].To < bucket) from++;
            while (to + 1 < windows.Length && windows[to + 1].From <= bucket) to++;
            (first[bucket], last[bucket]) = (from, to);
        }
        return new(shown, counted, 0, first, last, shown.Count);
    }

    static Buckets Cut(SegmentationDefinition definition, Instant from, BucketSize unit) =>
        Buckets.Cut(new(from, definition.Range.Until), unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek);

    /// <summary>Where the bucket begins that comes so many before the first one; of less than a day, some earlier midnight.</summary>
    static Instant Before(SegmentationDefinition definition, Buckets shown, int count)
    {
        var (unit, start) = (definition.Unit, shown.Starts[0]);
        var units = count * unit.Count;
        var date = unit.Unit switch
        {
            // A day more, for one with a clock change may have fewer hours.
            TimeUnit.Minute => start.Date.PlusDays(-1 - units / (24 * 60)),
            TimeUnit.Hour => start.Date.PlusDays(-1 - units / 24),
            TimeUnit.Day => start.Date.PlusDays(-units),
            TimeUnit.Week => start.Date.PlusWeeks(-units),
            TimeUnit.Month => start.Date.PlusMonths(-units),
            TimeUnit.Quarter => start.Date.PlusMonths(-3 * units),
        };
        return definition.Project.Zone.AtStartOfDay(date).ToInstant();
    }

    static int LeadOf(Buckets counted, Buckets shown)
    {
        for (var lead = 0; lead < counted.Count; lead++)
            if (counted.Starts[lead] == shown.Starts[0]) return lead;
        throw new InvalidOperationException($"no bucket begins at {shown.Starts[0]}, where the range cut from {counted.Range.From} on should have one");
    }

    static LocalDateTime EndOf(LocalDateTime start, BucketSize size) => size.Unit switch
    {
        TimeUnit.Minute => start.PlusMinutes(size.Count),
        TimeUnit.Hour => start.PlusHours(size.Count),
        TimeUnit.Day => start.PlusDays(size.Count),
        TimeUnit.Week => start.PlusWeeks(size.Count),
        TimeUnit.Month => start.PlusMonths(size.Count),
        TimeUnit.Quarter => start.PlusMonths(3 * size.Count),
    };
}
