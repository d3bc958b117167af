using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Retention;

/// <summary>A retention definition as numbers: which row a birth belongs to, where its buckets begin, which of them a moment lies in.</summary>
/// <remarks>Immutable; may be asked from several threads. Offsets count in steps: as many units as a bucket of one interval has.</remarks>
sealed class RetentionRules
{
    const long HourMs = 3_600_000, DayMs = 24 * HourMs;

    readonly long[] rowStartsMs;
    readonly RetentionBucket[] buckets;

    /// <summary>The bucket of each step; where there is none, the complement of the next one.</summary>
    readonly int[] bucketOfStep;

    /// <summary>With windows of fixed length, how long a step is, milliseconds; 0 where steps are counted in units of the calendar.</summary>
    readonly long stepMs;

    /// <summary>Where each unit of the calendar begins, Unix milliseconds, from the first row on, as far as any bucket reaches.</summary>
    readonly long[] unitStartsMs = [];

    readonly int unitsPerStep = 1;
    readonly long nominalUnitMs = DayMs;
    readonly bool isRounded;

    /// <summary>The offsets of the time zone within the range: from when on, and how much.</summary>
    readonly (long FromMs, long OffsetMs)[] offsets;

    public RetentionRules(RetentionDefinition definition)
    {
        var (range, zone, unit) = (definition.Range, definition.Project.Zone, definition.Unit);
        var rows = Definitions.Buckets.Cut(range, unit, zone, definition.Switches.FirstDayOfWeek);
        RowStarts = rows.Starts;
        rowStartsMs = [.. rows.Starts.Select(start => zone.AtStartOfDay(start.Date).ToInstant().ToUnixTimeMilliseconds())];
        (FromMs, UntilMs, NowMs) = (range.FromMs, range.UntilMs, definition.Now.ToUnixTimeMilliseconds());
        (Births, Criterion) = (definition.Births, definition.Criterion);
        BirthReturns = definition.Switches.Retention.BirthReturns || definition.Criterion == RetentionCriterion.Streak;
        buckets = [.. definition.Buckets];
        bucketOfStep = BucketsOfSteps(buckets);
        offsets = [.. zone.GetZoneIntervals(range.From, range.Until).Select(interval => (interval.HasStart ? interval.Start.ToUnixTimeMilliseconds() : long.MinValue, (long)interval.WallOffset.Milliseconds))];

        var end = rows.Starts[^1].Date;
        var reach = buckets[^1].Until;
        isRounded = definition.Alignment == RetentionAlignment.Rolling && definition.Switches.Retention.RollingFrom == RollingFrom.Hour;
        var daysPerStep = unit.Count * unit.Unit switch { TimeUnit.Day => 1, TimeUnit.Week => 7, _ => 30 };
        if (definition.Alignment == RetentionAlignment.Calendar)
        {
            unitStartsMs = Starts(rows.Starts[0].Date, rows.Count + reach + 1, unit, zone);
            nominalUnitMs = daysPerStep * DayMs;
        }
        else if (isRounded && unit.Unit != TimeUnit.Day)
        {
            var days = Period.DaysBetween(rows.Starts[0].Date, end) + daysPerStep * (reach + 2);
            unitStartsMs = Starts(rows.Starts[0].Date, days, new(TimeUnit.Day), zone);
            unitsPerStep = daysPerStep;
        }
        else stepMs = daysPerStep * DayMs;
        EvenStepMs = EvenStep();
    }

    /// <summary>How long each bucket is where they are all equally long and follow each other from birth's origin on, milliseconds; else 0.</summary>
    public long EvenStepMs { get; }

    /// <summary>The local times at which rows begin, ascending; the first may lie before the range.</summary>
    public IReadOnlyList<LocalDateTime> RowStarts { get; }

    public int RowCount => rowStartsMs.Length;

    public int BucketCount => buckets.Length;

    /// <summary>Words of a bitmap with a bit for each bucket.</summary>
    public int WordCount => (buckets.Length + 63) / 64;

    /// <summary>Where rows begin, Unix milliseconds, ascending.</summary>
    public IReadOnlyList<long> RowStartsMs => rowStartsMs;

    /// <summary>With windows of fixed length, how long a step is, milliseconds; 0 where steps are counted in units of the calendar.</summary>
    public long StepMs => stepMs;

    /// <summary>Where each of these units begins, Unix milliseconds, and how many make a step.</summary>
    public IReadOnlyList<long> UnitStartsMs => unitStartsMs;

    public int UnitsPerStep => unitsPerStep;

    /// <summary>Whether windows begin at the full hour, or day, that a birth lies in.</summary>
    public bool IsRounded => isRounded;

    /// <summary>The offsets of the time zone within the range: from when on, and how much.</summary>
    public IReadOnlyList<(long FromMs, long OffsetMs)> Offsets => offsets;

    /// <summary>The range of births, Unix milliseconds; the end lies outside.</summary>
    public long FromMs { get; }

    public long UntilMs { get; }

    long NowMs { get; }

    public Births Births { get; }

    public RetentionCriterion Criterion { get; }

    /// <summary>Whether a birth that is a return counts as one.</summary>
    public bool BirthReturns { get; }

    /// <summary>The row of a birth within the range.</summary>
    public int RowOf(long birthMs)
    {
        var found = Array.BinarySearch(rowStartsMs, birthMs);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Births of one spell open the same windows: those of a row, or with rounded windows those of an hour or day.</summary>
    public long SpellOf(long birthMs) => isRounded ? OriginOf(birthMs) : RowOf(birthMs);

    /// <summary>What a birth's buckets are counted from: Unix milliseconds, or a number of the calendar's units.</summary>
    public long OriginOf(long birthMs)
    {
        if (stepMs == 0) return UnitOf(birthMs);
        if (!isRounded) return birthMs;
        var local = birthMs + OffsetAt(birthMs);
        return birthMs - (local % HourMs + HourMs) % HourMs;
    }

    /// <summary>The bucket that a moment lies in.</summary>
    /// <param name="origin">Of a birth that is not later.</param>
    /// <param name="untilMs">Set to where the bucket ends, or the gap it lies in; the greatest number after the last bucket.</param>
    /// <returns>Outside all buckets the complement of the next one's index.</returns>
    public int BucketOf(long origin, long ms, out long untilMs)
    {
        var step = stepMs == 0 ? (UnitOf(ms) - origin) / unitsPerStep : (ms - origin) / stepMs;
        var bucket = step < bucketOfStep.Length ? bucketOfStep[step] : ~buckets.Length;
        untilMs = bucket >= 0 ? StartOf(origin, buckets[bucket].Until) : ~bucket < buckets.Length ? StartOf(origin, buckets[~bucket].From) : long.MaxValue;
        return bucket;
    }

    /// <summary>Where a bucket begins and ends, Unix milliseconds; the end lies outside.</summary>
    public (long FromMs, long UntilMs) BoundsOf(long origin, int bucket) => (StartOf(origin, buckets[bucket].From), StartOf(origin, buckets[bucket].Until));

    /// <summary>How many of a row's buckets are complete: nobody born in the row can return in them any more.</summary>
    public int CompleteIn(int row)
    {
        var origin = OriginOf(EndOf(row) - 1);
        var count = 0;
        while (count < buckets.Length && StartOf(origin, buckets[count].Until) <= NowMs) count++;
        return count;
    }

    /// <summary>How many of a row's buckets have begun for the first that can be born in it.</summary>
    public int BegunIn(int row)
    {
        var origin = OriginOf(Math.Max(rowStartsMs[row], FromMs));
        var count = 0;
        while (count < buckets.Length && StartOf(origin, buckets[count].From) <= NowMs) count++;
        return count;
    }

    long EndOf(int row) => row + 1 < rowStartsMs.Length ? rowStartsMs[row + 1] : UntilMs;

    long StartOf(long origin, int step) => stepMs == 0 ? unitStartsMs[origin + (long)step * unitsPerStep] : origin + step * stepMs;

    /// <summary>The number of the calendar's unit that a moment lies in; beyond the last one, the last.</summary>
    int UnitOf(long ms)
    {
        // Units are nearly equally long, so that a guess is off by a few at most.
        var unit = (int)Math.Clamp((ms - unitStartsMs[0]) / nominalUnitMs, 0, unitStartsMs.Length - 1);
        while (unit + 1 < unitStartsMs.Length && unitStartsMs[unit + 1] <= ms) unit++;
        while (unit > 0 && unitStartsMs[unit] > ms) unit--;
        return unit;
    }

    long OffsetAt(long ms)
    {
        var at = offsets.Length - 1;
        while (at > 0 && offsets[at].FromMs > ms) at--;
        return offsets[at].OffsetMs;
    }

    long EvenStep()
    {
        for (var bucket = 0; bucket < buckets.Length; bucket++)
            if (buckets[bucket].From != bucket || buckets[bucket].Until != bucket + 1) return 0;
        if (stepMs > 0) return stepMs;
        for (var unit = 2; unit < unitStartsMs.Length; unit++)
            if (unitStartsMs[unit] - unitStartsMs[unit - 1] != unitStartsMs[1] - unitStartsMs[0]) return 0;
        return (unitStartsMs[1] - unitStartsMs[0]) * unitsPerStep;
    }

    static int[] BucketsOfSteps(RetentionBucket[] buckets)
    {
        var bucketOf = new int[buckets[^1].Until];
        var step = 0;
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            while (step < buckets[bucket].From) bucketOf[step++] = ~bucket;
            while (step < buckets[bucket].Until) bucketOf[step++] = bucket;
        }
        return bucketOf;
    }

    static long[] Starts(LocalDate first, int count, BucketSize size, DateTimeZone zone)
    {
        var starts = new long[count];
        for (var i = 0; i < count; i++)
        {
            var date = size.Unit switch
            {
                TimeUnit.Day => first.PlusDays(i * size.Count),
                TimeUnit.Week => first.PlusWeeks(i * size.Count),
                _ => first.PlusMonths(i * size.Count),
            };
            starts[i] = zone.AtStartOfDay(date).ToInstant().ToUnixTimeMilliseconds();
        }
        return starts;
    }
}
