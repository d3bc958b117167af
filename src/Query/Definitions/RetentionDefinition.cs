using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A retention report before it is asked: who is born when by what, and what brings them back in which bucket.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/retention.md.</remarks>
public sealed record RetentionDefinition
{
    /// <summary>Retention buckets: a year of days, and birth's own.</summary>
    public const int MaxBuckets = 367;

    /// <summary>The last unit after birth that a bucket may cover: ten years of days.</summary>
    public const int MaxReach = 3_660;

    /// <summary>Conditions side by side: each takes a bit of a row.</summary>
    public const int MaxCompared = 16;

    /// <summary>Events that give birth, and events that show back.</summary>
    public const int MaxEvents = 50;

    public const int MaxBreakdowns = SegmentationDefinition.MaxBreakdowns;

    public const int MaxLimit = SegmentationDefinition.MaxLimit;

    public required ReportProject Project { get; init; }

    /// <summary>In which births count. Returns count whenever they come.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; decides which buckets are complete.</summary>
    public required Instant Now { get; init; }

    /// <summary>What puts a person into a row: any of these.</summary>
    public required IReadOnlyList<EventSelection> Birth { get; init; }

    /// <summary>What shows them back: any of these; it may be the same as birth.</summary>
    public required IReadOnlyList<EventSelection> Return { get; init; }

    /// <summary>What must be true of births and returns; null: nothing.</summary>
    public Expression? Filter { get; init; }

    /// <summary>Conditions side by side, tested on the birth that was chosen; empty: one answer for all.</summary>
    public IReadOnlyList<ComparedFilter> Compared { get; init; } = [];

    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    public BreakdownAt BreakdownAt { get; init; }

    public Births Births { get; init; }

    public RetentionCriterion Criterion { get; init; }

    public RetentionAlignment Alignment { get; init; }

    /// <summary>How long a row of births is, and the unit of buckets: days, weeks or months.</summary>
    public BucketSize Unit { get; init; } = new(TimeUnit.Day);

    /// <summary>The buckets, ascending and apart; gaps between them are allowed.</summary>
    public IReadOnlyList<RetentionBucket> Buckets { get; init; } = RetentionBucket.Each(7);

    /// <summary>A number that returns carry, added up for each bucket; null: only people are counted.</summary>
    public Expression? SumOf { get; init; }

    /// <summary>How many series at most, the largest first; without breakdowns all are kept.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Birth.Count is 0 or > MaxEvents) throw new DefinitionException("birth", $"give 1 to {MaxEvents} events");
        if (Return.Count is 0 or > MaxEvents) throw new DefinitionException("return", $"give 1 to {MaxEvents} events");
        if (Unit.Unit is not (TimeUnit.Day or TimeUnit.Week or TimeUnit.Month)) throw new DefinitionException("unit", "give day, week or month");
        if (Unit.Count < 1) throw new DefinitionException("interval", "give an interval of at least 1");
        if (Buckets.Count is 0 or > MaxBuckets) throw new DefinitionException("buckets", $"give 1 to {MaxBuckets} buckets");
        var end = 0;
        foreach (var bucket in Buckets)
        {
            if (bucket.From < end || bucket.Until <= bucket.From) throw new DefinitionException("brackets", "give brackets one after the other, each as [from, until] with until after from");
            end = bucket.Until;
        }
        if ((long)end * Unit.Count > MaxReach) throw new DefinitionException("buckets", $"the last bucket must end at most {MaxReach} units after birth");
        if (Compared.Count > MaxCompared) throw new DefinitionException("compare", $"give at most {MaxCompared} filters to compare");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Limit is < 1 or > MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {MaxLimit}");
    }
}

/// <summary>One retention bucket: so many units after birth.</summary>
/// <param name="From">The first unit, from 0: birth's own.</param>
/// <param name="Until">The unit after the last.</param>
public readonly record struct RetentionBucket(int From, int Until)
{
    /// <summary>Buckets of one unit each, from birth's own up to a last one.</summary>
    public static IReadOnlyList<RetentionBucket> Each(int last) => [.. Enumerable.Range(0, last + 1).Select(unit => new RetentionBucket(unit, unit + 1))];

    /// <summary>Buckets of these sizes, one after the other from birth on.</summary>
    public static IReadOnlyList<RetentionBucket> OfSizes(IEnumerable<int> sizes)
    {
        var buckets = new List<RetentionBucket>();
        var at = 0;
        foreach (var size in sizes)
        {
            buckets.Add(new(at, at + size));
            at += size;
        }
        return buckets;
    }
}

/// <summary>Which births of a person count.</summary>
public enum Births
{
    /// <summary>The first within the range: a person is in one row.</summary>
    FirstInRange,

    /// <summary>The first there ever was, if it lies within the range.</summary>
    FirstEver,

    /// <summary>Each row's first: a person is in every row with a birth (Mixpanel's "recurring", or "compounded").</summary>
    Recurring,
}

/// <summary>When a person counts in a bucket.</summary>
public enum RetentionCriterion
{
    /// <summary>With a return in it.</summary>
    On,

    /// <summary>With a return in it or at any time later ("unbounded").</summary>
    OnOrAfter,

    /// <summary>With a return in it or a bucket before.</summary>
    OnOrBefore,

    /// <summary>With a return in it and in every bucket before.</summary>
    Streak,
}

/// <summary>How buckets are counted off.</summary>
public enum RetentionAlignment
{
    /// <summary>From each birth: days of 24 hours, weeks of 7 and months of 30 of these days.</summary>
    Rolling,

    /// <summary>By the calendar of the time zone: bucket 1 is the day, week or month after the birth's.</summary>
    Calendar,
}

/// <summary>Which event the breakdowns look at.</summary>
public enum BreakdownAt
{
    /// <summary>The birth: each person born is in the series of its value.</summary>
    Birth,

    /// <summary>Every return: a person counts in the series of each value they returned with, and every series has all people born.</summary>
    Return,

    /// <summary>The first return after birth alone.</summary>
    FirstReturn,
}
