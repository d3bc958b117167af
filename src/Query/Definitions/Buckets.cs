using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A report's time axis: its range cut into buckets by the calendar of one time zone.</summary>
/// <remarks>
/// Meaning and worked examples: docs/semantics/segmentation.md, "Buckets". A bucket is known by the local time it begins at; a day has 23 or 25
/// hours where clocks change, an hour or minute that the clock shows twice is one bucket. The first and the last bucket are cut off by the
/// range, but keep the name of the whole.
/// </remarks>
public sealed partial class Buckets
{
    /// <summary>Buckets of one report: a year of hours, or a week of minutes.</summary>
    public const int MaxCount = 11_000;

    /// <summary>Slots of the guide for each piece: a moment's slot then mostly says its piece.</summary>
    const int SlotsPerPiece = 8;

    readonly long[] startsMs;
    readonly int[] bucketOfPiece;

    // Asked once a row: kept as numbers. The guide says which piece each slot of equal length begins in.
    readonly long fromMs, untilMs;
    readonly int[] guide;
    readonly int slotBits;

    Buckets(long[] startsMs, int[] bucketOfPiece, LocalDateTime[] starts, TimeRange range)
    {
        (this.startsMs, this.bucketOfPiece, Starts, Range) = (startsMs, bucketOfPiece, starts, range);
        (fromMs, untilMs) = (range.FromMs, range.UntilMs);
        var lengthMs = untilMs - fromMs;
        while (lengthMs >> slotBits > (long)SlotsPerPiece * startsMs.Length) slotBits++;
        guide = new int[(lengthMs >> slotBits) + 1];
        var piece = 0;
        for (var slot = 0; slot < guide.Length; slot++)
        {
            while (piece + 1 < startsMs.Length && startsMs[piece + 1] <= fromMs + ((long)slot << slotBits)) piece++;
            guide[slot] = piece;
        }
    }

    /// <summary>The local times at which the buckets begin, ascending; the first may lie before the range.</summary>
    public IReadOnlyList<LocalDateTime> Starts { get; }

    public TimeRange Range { get; }

    /// <summary>The pieces that the range is cut into: where each begins, Unix milliseconds ascending, and of which bucket it is.</summary>
    internal (IReadOnlyList<long> StartsMs, IReadOnlyList<int> Buckets) Pieces => (startsMs, bucketOfPiece);

    public int Count => Starts.Count;

    /// <summary>Cuts a range.</summary>
    /// <param name="firstDayOfWeek">What a week begins with.</param>
    /// <exception cref="DefinitionException">There would be more than <see cref="MaxCount"/> buckets.</exception>
    public static Buckets Cut(TimeRange range, BucketSize size, DateTimeZone zone, IsoDayOfWeek firstDayOfWeek)
    {
        var startsMs = new List<long>();
        var bucketOfPiece = new List<int>();
        var starts = new List<LocalDateTime>();
        var known = new Dictionary<LocalDateTime, int>();
        LocalDateTime? first = null;
        var at = range.From;
        while (at < range.Until)
        {
            var local = at.InZone(zone).LocalDateTime;
            var start = Floor(local, size, first ?? local, firstDayOfWeek);
            first ??= start;
            if (!known.TryGetValue(start, out var bucket))
            {
                if (starts.Count == MaxCount)
                    throw new DefinitionException("unit", $"the range holds more than {MaxCount} buckets of this unit; ask for a longer unit or a shorter range");
                known[start] = bucket = starts.Count;
                starts.Add(start);
            }
            startsMs.Add(at.ToUnixTimeMilliseconds());
            bucketOfPiece.Add(bucket);
            at = NextPiece(at, start, size, zone);
        }
        return new([.. startsMs], [.. bucketOfPiece], [.. starts], range);
    }

    /// <summary>Where a bucket ends, or the range does, Unix milliseconds.</summary>
    public long EndMs(int bucket)
    {
        var last = Array.LastIndexOf(bucketOfPiece, bucket);
        return last + 1 < startsMs.Length ? startsMs[last + 1] : untilMs;
    }

    /// <summary>The bucket of a moment; -1 outside the range.</summary>
    public int IndexOf(long unixMs) => unixMs < fromMs || unixMs >= untilMs ? -1 : bucketOfPiece[PieceOf(unixMs)];

    /// <summary>The bucket of a moment inside the range, and where it may change: up to this moment, exclusive, the bucket is the same.</summary>
    public int IndexOf(long unixMs, out long sameUntilMs)
    {
        var piece = PieceOf(unixMs);
        sameUntilMs = piece + 1 < startsMs.Length ? startsMs[piece + 1] : untilMs;
        return bucketOfPiece[piece];
    }

    int PieceOf(long unixMs)
    {
        var piece = guide[(unixMs - fromMs) >> slotBits];
        while (piece + 1 < startsMs.Length && unixMs >= startsMs[piece + 1]) piece++;
        return piece;
    }

    /// <summary>Where the bucket of a local time begins.</summary>
    static LocalDateTime Floor(LocalDateTime local, BucketSize size, LocalDateTime first, IsoDayOfWeek firstDayOfWeek)
    {
        switch (size.Unit)
        {
            case TimeUnit.Minute:
                var minuteOfDay = local.Hour * 60 + local.Minute;
                return local.Date.AtMidnight().PlusMinutes(minuteOfDay - minuteOfDay % size.Count);
            case TimeUnit.Hour:
                return local.Date.AtMidnight().PlusHours(local.Hour - local.Hour % size.Count);
            case TimeUnit.Day:
                return Step(first.Date, local.Date, size.Count);
            case TimeUnit.Week:
                return Step(WeekOf(first.Date, firstDayOfWeek), local.Date, size.Count * 7);
            case TimeUnit.Month:
                return MonthOf(local, size.Count, first);
            case TimeUnit.Quarter:
            default:
                return MonthOf(local, size.Count * 3, QuarterOf(first));
        }
    }

    /// <summary>The last of the dates <paramref name="first"/>, <paramref name="days"/> later, … that is not after <paramref name="date"/>.</summary>
    static LocalDateTime Step(LocalDate first, LocalDate date, int days)
    {
        var since = Period.DaysBetween(first, date);
        return first.PlusDays(since - since % days).AtMidnight();
    }

    static LocalDate WeekOf(LocalDate date, IsoDayOfWeek firstDayOfWeek) => date.With(DateAdjusters.PreviousOrSame(firstDayOfWeek));

    static LocalDateTime QuarterOf(LocalDateTime local) => new(local.Year, (local.Month - 1) / 3 * 3 + 1, 1, 0, 0);

    static LocalDateTime MonthOf(LocalDateTime local, int months, LocalDateTime first)
    {
        var origin = first.Year * 12 + first.Month - 1;
        var month = local.Year * 12 + local.Month - 1;
        month -= (month - origin) % months;
        return new(month / 12, month % 12 + 1, 1, 0, 0);
    }

    /// <summary>The first moment after <paramref name="at"/> that belongs to another bucket, or at which the clock jumps.</summary>
    static Instant NextPiece(Instant at, LocalDateTime start, BucketSize size, DateTimeZone zone)
    {
        var end = size.Unit switch
        {
            TimeUnit.Minute => start.PlusMinutes(size.Count),
            TimeUnit.Hour => start.PlusHours(size.Count),
            TimeUnit.Day => start.PlusDays(size.Count),
            TimeUnit.Week => start.PlusWeeks(size.Count),
            TimeUnit.Month => start.PlusMonths(size.Count),
            TimeUnit.Quarter => start.PlusMonths(size.Count * 3),
        };
        if (size.Unit > TimeUnit.Hour) return zone.AtStartOfDay(end.Date).ToInstant();
        var interval = zone.GetZoneInterval(at);
        var byClock = end.WithOffset(interval.WallOffset).ToInstant();
        // A bucket of several minutes or hours begins anew at midnight: by the clock as it goes now, for one that falls back over midnight has two.
        var midnight = at.InZone(zone).Date.PlusDays(1).AtMidnight().WithOffset(interval.WallOffset).ToInstant();
        if (midnight < byClock) byClock = midnight;
        return interval.HasEnd && interval.End < byClock ? interval.End : byClock;
    }
}
