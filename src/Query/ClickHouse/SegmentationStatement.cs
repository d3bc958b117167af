using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;

namespace Cairn.Query.ClickHouse;

/// <summary>The lines of a segmentation report that share a metric, as one statement: a row for each series and window, and one for each series as a whole.</summary>
/// <remarks>
/// <code>
/// line     which of the plan's lines
/// keys     a text for each of its breakdowns
/// window   which of the axis's windows, or one of the numbers below
/// totals   how many events
/// result   the measure
/// </code>
/// An event is of several lines, and of several windows where a metric looks back: it is multiplied before it is counted.
/// </remarks>
static class SegmentationStatement
{
    /// <summary>What stands for the whole range in the place of a window.</summary>
    public const long Whole = -1;

    /// <summary>What stands for an event before the range, where a metric looks back: its series is one, be it in no window.</summary>
    public const long Before = -2;

    /// <exception cref="NotExpressedException">It has no exact form.</exception>
    public static ClickHouseStatement Of(SegmentationPlan plan, AskedLake lake)
    {
        if (plan.CountsUnits || plan.CountsPersonsOnly) lake.ReadPersons();
        var lines = Sql.Join(", ", plan.Lines.Select((line, index) => Sql.Of($"if({Holds(plan, line, lake)}, {(long)index}, -1)")));
        var keys = Sql.Join(", ", plan.Lines.Select((line, index) => Sql.Of($"line = {(long)index}, {KeysOf(plan, line, lake)}")));
        var (value, isThere) = ValueOf(plan, lake);
        var filter = lake.IsTrue(plan.Definition.Filter);
        // Whoever counts nobody needs no persons: then none are found.
        var person = plan.CountsUnits || plan.CountsPersonsOnly ? AskedLake.Person : Sql.Of($"''");
        var rows = lake.Rows(plan.ScanRange);
        var query = Sql.Of($"""
            select line, keys, window, count() as totals, {Result(plan.Metric.Measure)} as result
            from (
                select line, multiIf({keys}, CAST([], 'Array(String)')) as keys, arrayJoin({Windows(plan.Axis, plan.Definition.Range)}) as window, {person} as who, {value} as value
                from (select *, arrayJoin(arrayFilter(met -> met >= 0, [{lines}])) as line, {BucketOf(plan.Axis.Counted)} as bucket from ({rows}) where {filter})
                where {isThere}
            )
            group by line, keys, window
            """);
        return new(query, lake.Uploads(), lake.Version.Delta.Version);
    }

    static Sql Holds(SegmentationPlan plan, PlannedLine line, AskedLake lake) =>
        line.Compared is null ? lake.Selects(line.Selection) : Sql.Of($"({lake.Selects(line.Selection)} and {lake.IsTrue(line.Compared)})");

    static Sql KeysOf(SegmentationPlan plan, PlannedLine line, AskedLake lake) =>
        line.Breakdowns.Count == 0 ? Sql.Of($"CAST([], 'Array(String)')") : Sql.Of($"[{Sql.Join(", ", plan.BreakdownsOf(line).Select(by => KeyOf(lake.Of(by), plan.Definition.Switches)))}]");

    /// <summary>What a series is called: a text that says the same as what is missing belongs to it.</summary>
    public static Sql KeyOf(ExpressedValue value, Switches switches) => Sql.Of($"ifNull({value.KeyText}, {switches.MissingKey})");

    /// <summary>The bucket of a row inside the axis.</summary>
    public static Sql BucketOf(Buckets buckets)
    {
        var (starts, bucketOf) = buckets.Pieces;
        return Sql.Of($"transform(roundDown({AskedLake.Ms}, {starts}), {starts}, {[.. bucketOf.Select(bucket => (long)bucket)]}, toInt64(-1))");
    }

    static Sql Windows(LookbackAxis axis, TimeRange range)
    {
        if (axis.IsPlain) return Sql.Of($"[{Whole}, bucket]");
        var windows = Enumerable.Range(0, axis.Counted.Count).Select(axis.WindowsOf).ToList();
        long[] firsts = [.. windows.Select(window => (long)window.First)], ends = [.. windows.Select(window => Math.Max(window.First, window.Last + 1L))];
        // Rows before the range count in windows alone.
        return Sql.Of($"arrayConcat([if({AskedLake.Ms} >= {range.FromMs}, {Whole}, {Before})], range({firsts}[bucket + 1], {ends}[bucket + 1]))");
    }

    static (Sql Value, Sql IsThere) ValueOf(SegmentationPlan plan, AskedLake lake)
    {
        var of = plan.Metric.Measure switch { Measure.Property property => property.Of, Measure.Percentile percentile => percentile.Of, Measure.Distinct distinct => distinct.Of, _ => null };
        if (of is null) return (Sql.Of($"0"), Sql.Of($"1"));
        var value = lake.Of(of);
        if (plan.TellsValuesApart) return (value.KeyText, value.IsThere);
        return value.Number is { } number ? (Sql.Of($"assumeNotNull({number})"), Sql.Of($"isNotNull({number})")) : (Sql.Of($"toFloat64(0)"), Sql.Of($"0"));
    }

    static Sql Result(Measure measure) => measure switch
    {
        Measure.Totals => Sql.Of($"toFloat64(count())"),
        Measure.Uniques or Measure.ActiveShare => Sql.Of($"toFloat64({Persons})"),
        Measure.AveragePerUser => Sql.Of($"if({Persons} = 0, 0, count() / {Persons})"),
        Measure.Property { Kind: Aggregate.Sum } => Sql.Of($"sum(value)"),
        Measure.Property { Kind: Aggregate.Average } => Sql.Of($"avg(value)"),
        Measure.Property { Kind: Aggregate.Least } => Sql.Of($"min(value)"),
        Measure.Property { Kind: Aggregate.Greatest } => Sql.Of($"max(value)"),
        Measure.Property { Kind: Aggregate.Median } => Sql.Of($"quantileExactInclusive(0.5)(value)"),
        Measure.Percentile percentile => Sql.Of($"quantileExactInclusive({percentile.Fraction})(value)"),
        Measure.Distinct => Sql.Of($"toFloat64(uniqExact(value))"),
        Measure.Sessions => throw new NotExpressedException("sessions counted"),
        Measure.PerUser => throw new NotExpressedException("a number of each person"),
        Measure.Frequency or Measure.Histogram => throw new NotExpressedException("a distribution"),
        _ => throw new NotExpressedException($"the measure {measure.GetType().Name}"),
    };

    static Sql Persons { get; } = Sql.Of($"uniqExactIf(who, who != '')");
}
