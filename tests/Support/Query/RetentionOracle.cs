using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of the retention kernel: asks NodaTime for every date, and tries every bucket with every return.</summary>
public sealed class RetentionOracle(RetentionDefinition definition)
{
    readonly DateTimeZone zone = definition.Project.Zone;
    readonly RetentionSwitches switches = definition.Switches.Retention;

    /// <summary>One event of a person.</summary>
    public sealed record Step(Instant At, bool IsBirth, bool IsReturn, double Value = double.NaN);

    /// <summary>What becomes of one birth: its row's first day, and for each bucket whether the person counts, and how much they brought.</summary>
    /// <param name="Index">Which of the person's steps it is.</param>
    public sealed record Life(int Index, LocalDate Row, bool[] Counts, double[] Sums);

    /// <summary>The births of a person that count; the steps in order of time.</summary>
    public IReadOnlyList<Life> Of(IReadOnlyList<Step> steps)
    {
        var births = Enumerable.Range(0, steps.Count).Where(index => steps[index].IsBirth);
        var inRange = births.Where(index => steps[index].At >= definition.Range.From && steps[index].At < definition.Range.Until);
        var chosen = definition.Births switch
        {
            Births.FirstEver => births.Take(1).Intersect(inRange),
            Births.FirstInRange => inRange.Take(1),
            _ => inRange.GroupBy(index => IsRounded ? Origin(steps[index].At) : RowOf(steps[index].At).AtMidnight()).Select(spell => spell.First()),
        };
        return [.. chosen.Select(index => new Life(index, RowOf(steps[index].At), CountsOf(steps, index), SumsOf(steps, index)))];
    }

    /// <summary>The first days of all rows.</summary>
    public IReadOnlyList<LocalDate> Rows
    {
        get
        {
            var rows = new List<LocalDate>();
            for (var row = RowOf(definition.Range.From); zone.AtStartOfDay(row).ToInstant() < definition.Range.Until; row = Later(row, 1)) rows.Add(row);
            return rows;
        }
    }

    /// <summary>Whether even the last moment of a row has left a bucket behind.</summary>
    public bool IsComplete(LocalDate row, int bucket)
    {
        var end = Instant.Min(zone.AtStartOfDay(Later(row, 1)).ToInstant(), definition.Range.Until);
        return definition.Now >= EndOf(end - Duration.FromMilliseconds(1), definition.Buckets[bucket].Until);
    }

    bool IsRounded => definition.Alignment == RetentionAlignment.Rolling && switches.RollingFrom == RollingFrom.Hour;

    int Days => definition.Unit.Count * definition.Unit.Unit switch { TimeUnit.Day => 1, TimeUnit.Week => 7, _ => 30 };

    IEnumerable<(int Offset, double Value)> ReturnsOf(IReadOnlyList<Step> steps, int birth)
    {
        var mayBeBirth = switches.BirthReturns || definition.Criterion == RetentionCriterion.Streak;
        for (var index = 0; index < steps.Count; index++)
            if (steps[index].IsReturn && steps[index].At >= steps[birth].At && (index != birth || mayBeBirth))
                yield return (OffsetOf(steps[birth].At, steps[index].At), steps[index].Value);
    }

    bool[] CountsOf(IReadOnlyList<Step> steps, int birth)
    {
        var offsets = ReturnsOf(steps, birth).Select(step => step.Offset).ToList();
        bool On(RetentionBucket bucket) => offsets.Any(offset => offset >= bucket.From && offset < bucket.Until);
        return [.. definition.Buckets.Select((bucket, index) => definition.Criterion switch
        {
            RetentionCriterion.On => On(bucket),
            RetentionCriterion.OnOrAfter => offsets.Any(offset => offset >= bucket.From),
            RetentionCriterion.OnOrBefore => definition.Buckets.Take(index + 1).Any(On),
            _ => definition.Buckets.Take(index + 1).All(On),
        })];
    }

    double[] SumsOf(IReadOnlyList<Step> steps, int birth)
    {
        var returns = ReturnsOf(steps, birth).Where(step => !double.IsNaN(step.Value)).ToList();
        var counts = CountsOf(steps, birth);
        double On(RetentionBucket bucket) => returns.Where(step => step.Offset >= bucket.From && step.Offset < bucket.Until).Sum(step => step.Value);
        return [.. definition.Buckets.Select((bucket, index) => definition.Criterion switch
        {
            RetentionCriterion.On => On(bucket),
            RetentionCriterion.OnOrAfter => returns.Where(step => step.Offset >= bucket.From).Sum(step => step.Value),
            RetentionCriterion.OnOrBefore => definition.Buckets.Take(index + 1).Sum(On),
            _ => counts[index] ? On(bucket) : 0,
        })];
    }

    /// <summary>How many buckets of one interval lie between birth and return.</summary>
    int OffsetOf(Instant birth, Instant at)
    {
        if (definition.Alignment == RetentionAlignment.Calendar)
        {
            var offset = 0;
            var (from, to) = (RowOf(birth), RowOf(at));
            while (from < to) { from = Later(from, 1); offset++; }
            return offset;
        }
        if (!IsRounded) return (int)((at - birth) / Duration.FromDays(Days));
        if (definition.Unit.Unit == TimeUnit.Day) return (int)((at - HourOf(birth)) / Duration.FromDays(Days));
        return Period.DaysBetween(birth.InZone(zone).Date, at.InZone(zone).Date) / Days;
    }

    /// <summary>When so many intervals after a birth have passed.</summary>
    Instant EndOf(Instant birth, int offset)
    {
        if (definition.Alignment == RetentionAlignment.Calendar) return zone.AtStartOfDay(Later(RowOf(birth), offset)).ToInstant();
        if (!IsRounded) return birth + Duration.FromDays(Days * offset);
        if (definition.Unit.Unit == TimeUnit.Day) return HourOf(birth) + Duration.FromDays(Days * offset);
        return zone.AtStartOfDay(birth.InZone(zone).Date.PlusDays(Days * offset)).ToInstant();
    }

    LocalDateTime Origin(Instant birth) =>
        definition.Unit.Unit == TimeUnit.Day ? HourOf(birth).InUtc().LocalDateTime : birth.InZone(zone).Date.AtMidnight();

    Instant HourOf(Instant at)
    {
        var local = at.InZone(zone).LocalDateTime;
        return at - Duration.FromTicks(local.TimeOfDay.TickOfDay % NodaConstants.TicksPerHour);
    }

    /// <summary>The first day of the row that a moment lies in; rows are counted from the range's first.</summary>
    LocalDate RowOf(Instant at)
    {
        var first = definition.Range.From.InZone(zone).Date;
        first = definition.Unit.Unit switch
        {
            TimeUnit.Day => first,
            TimeUnit.Week => first.With(DateAdjusters.PreviousOrSame(definition.Switches.FirstDayOfWeek)),
            _ => first.With(DateAdjusters.StartOfMonth),
        };
        var date = at.InZone(zone).Date;
        var count = 0;
        while (Later(first, count + 1) <= date) count++;
        return Later(first, count);
    }

    LocalDate Later(LocalDate date, int intervals) => definition.Unit.Unit switch
    {
        TimeUnit.Day => date.PlusDays(definition.Unit.Count * intervals),
        TimeUnit.Week => date.PlusWeeks(definition.Unit.Count * intervals),
        _ => date.PlusMonths(definition.Unit.Count * intervals),
    };
}
