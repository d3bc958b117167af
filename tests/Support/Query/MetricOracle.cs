using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of the metrics that look back, of persons' own numbers, distributions, overall series and others: lists of events, and local times only.</summary>
/// <remarks>Which buckets there are is taken from the answer, and so is which series the limit kept; <see cref="SegmentationOracle"/> knows both by itself.</remarks>
public sealed class MetricOracle(SegmentationDefinition definition, SegmentationAnswer answer)
{
    /// <param name="Values">The value as texts: a list has several.</param>
    sealed record Row(string? Person, LocalDateTime Bucket, LocalDateTime Local, bool IsInRange, double Number, string[] Values, string[] Keys, string? Session);

    /// <summary>What each series of the answer should be.</summary>
    public IEnumerable<(Series Found, double[] Values, double Whole)> Expected(IReadOnlyList<MemoryEvent> events)
    {
        var chosen = answer.Series.Where(series => series.Kind == SeriesKind.Value).Select(Name).ToHashSet();
        foreach (var series in answer.Series)
        {
            var metric = definition.MetricOf(series.EventIndex);
            var rows = RowsOf(events, series.EventIndex, series.ComparedIndex, metric).Where(row => series.Kind switch
            {
                SeriesKind.Overall => true,
                SeriesKind.Value => row.Keys.Contains(KeyOf(series)),
                SeriesKind.Other => row.Keys.Any(key => !chosen.Contains((series.EventIndex, series.ComparedIndex, key))),
            }).ToList();
            yield return (series, [.. answer.Starts.Select((_, bucket) => At(metric, rows, bucket))], Measured(metric.Measure, [.. rows.Where(row => row.IsInRange)]));
        }
    }

    /// <summary>How many persons or events of a series lie in a bin, in a bucket or the whole range.</summary>
    public int InBin(IReadOnlyList<MemoryEvent> events, Series series, SeriesBin bin, int? bucket)
    {
        var metric = definition.MetricOf(series.EventIndex);
        var rows = RowsOf(events, series.EventIndex, series.ComparedIndex, metric)
            .Where(row => row.Keys.Contains(KeyOf(series)) && row.IsInRange && (bucket is null || row.Bucket == answer.Starts[bucket.Value])).ToList();
        var numbers = metric.Measure is Measure.Frequency frequency ? Numbers(frequency.Of, rows) : [.. rows.Select(row => row.Number)];
        return numbers.Count(number => number >= (bin.From ?? double.NegativeInfinity) && number < (bin.Until ?? double.PositiveInfinity));
    }

    static (int, int, string) Name(Series series) => (series.EventIndex, series.ComparedIndex, KeyOf(series));

    static string KeyOf(Series series) => string.Concat(series.Keys.Select(text => $"|{text}"));

    double At(Metric metric, List<Row> rows, int bucket) => metric.Lookback switch
    {
        Lookback.Rolling rolling => Measured(metric.Measure, [.. rows.Where(row => row.Bucket <= answer.Starts[bucket] && row.Bucket > Back(answer.Starts[bucket], rolling.Buckets))]),
        Lookback.Average average => Enumerable.Range(0, average.Buckets).Average(back => Measured(metric.Measure, [.. rows.Where(row => row.Bucket == Back(answer.Starts[bucket], back))])),
        Lookback.SinceStart => Measured(metric.Measure, [.. rows.Where(row => row.IsInRange && row.Bucket <= answer.Starts[bucket])]),
        Lookback.Days days => Measured(metric.Measure, [.. rows.Where(row => IsWithin(days.Count, row, bucket))]),
        _ => Measured(metric.Measure, [.. rows.Where(row => row.IsInRange && row.Bucket == answer.Starts[bucket])]),
    };

    bool IsWithin(int days, Row row, int bucket)
    {
        var until = definition.Range.Until.InZone(definition.Project.Zone).LocalDateTime;
        var end = LocalDateTime.Min(bucket + 1 < answer.Starts.Count ? answer.Starts[bucket + 1] : Back(answer.Starts[bucket], -1), until);
        var at = definition.Unit.Unit < TimeUnit.Day ? row.Bucket : row.Local.Date.AtMidnight();
        return at < end && at >= end.PlusDays(-days);
    }

    LocalDateTime Back(LocalDateTime start, int buckets) => definition.Unit.Unit switch
    {
        TimeUnit.Minute => start.PlusMinutes(-buckets),
        TimeUnit.Hour => HoursBack(start, buckets),
        TimeUnit.Day => start.PlusDays(-buckets),
        TimeUnit.Week => start.PlusWeeks(-buckets),
        TimeUnit.Month => start.PlusMonths(-buckets),
        TimeUnit.Quarter => start.PlusMonths(-3 * buckets),
    };

    /// <summary>Hours that the clock leaps over are no buckets.</summary>
    LocalDateTime HoursBack(LocalDateTime start, int hours)
    {
        if (hours < 0) return start.PlusHours(-hours);
        for (var back = 0; back < hours; back++)
            do start = start.PlusHours(-1);
            while (definition.Project.Zone.MapLocal(start).Count == 0 && definition.Project.Zone.MapLocal(start.PlusMinutes(59)).Count == 0);
        return start;
    }

    /// <summary>What session each event is in; events of nobody are in none, and so are those of a session that is left out.</summary>
    Dictionary<MemoryEvent, string> SessionsOf(IReadOnlyList<MemoryEvent> events)
    {
        var (switches, sessions) = (definition.Switches.Sessions, new Dictionary<MemoryEvent, string>(ReferenceEqualityComparer.Instance));
        foreach (var person in events.Where(row => row.DistinctId is not null).GroupBy(row => row.DistinctId))
        {
            List<MemoryEvent> rows = [.. person.OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal)];
            foreach (var session in rows.Zip(SessionOracle.SessionsOf(switches, definition.Project.Zone, rows)).Where(row => row.Second >= 0).GroupBy(row => row.Second, row => row.First))
                if (switches.Long != LongSessions.LeftOut || session.Last().Time - session.First().Time <= switches.MaxLength)
                    foreach (var row in session) sessions.Add(row, $"{person.Key} {session.Key}");
        }
        return sessions;
    }

    IEnumerable<Row> RowsOf(IReadOnlyList<MemoryEvent> events, int eventIndex, int comparedIndex, Metric metric)
    {
        var selection = definition.Events[eventIndex];
        var sessions = IsBySession(metric.Measure) ? SessionsOf(events) : null;
        foreach (var row in events)
        {
            var at = Instant.FromDateTimeOffset(row.Time);
            if (at >= definition.Range.Until || !SegmentationOracle.Holds(definition.Filter, row)) continue;
            if (selection.Names is not null && !selection.Names.Contains(row.Name) || !SegmentationOracle.Holds(selection.Filter, row)) continue;
            if (definition.Compared.Count > 0 && !SegmentationOracle.Holds(definition.Compared[comparedIndex].Filter, row)) continue;
            var (of, isText) = ValueOf(metric.Measure);
            var value = of is null ? Value.Of(0.0) : SegmentationOracle.Evaluate(of, row);
            string[] texts = !isText || value.IsMissing ? [] : value.Kind == ValueKind.List ? [.. value.Items.Where(item => !item.IsMissing).Select(ValueText.Of)] : [ValueText.Of(value)];
            if (isText ? texts.Length == 0 : value.Kind != ValueKind.Number) continue;
            var session = sessions?.GetValueOrDefault(row);
            if (sessions is not null && session is null) continue;
            yield return new(
                row.DistinctId, SegmentationOracle.BucketOf(at, definition), at.InZone(definition.Project.Zone).LocalDateTime, at >= definition.Range.From, isText ? 0 : value.Number, texts,
                [.. SegmentationOracle.KeysOf([.. selection.Breakdowns ?? [], .. definition.Breakdowns], definition, row)], session);
        }
    }

    static bool IsBySession(Measure measure) => measure is Measure.Sessions or Measure.PerUser { Of: UserNumber.Sessions } or Measure.Frequency { Of: UserNumber.Sessions };

    static (Expression? Of, bool IsText) ValueOf(Measure measure) => measure switch
    {
        Measure.Property property => (property.Of, false),
        Measure.Percentile percentile => (percentile.Of, false),
        Measure.Histogram histogram => (histogram.Of, false),
        Measure.Distinct distinct => (distinct.Of, true),
        Measure.PerUser { Of: UserNumber.Property property } => (property.Of, false),
        Measure.PerUser { Of: UserNumber.Distinct distinct } => (distinct.Of, true),
        Measure.Frequency { Of: UserNumber.Property property } => (property.Of, false),
        Measure.Frequency { Of: UserNumber.Distinct distinct } => (distinct.Of, true),
        _ => (null, false),
    };

    static double Measured(Measure measure, List<Row> rows)
    {
        var people = rows.Select(row => row.Person).Where(person => person is not null).Distinct().Count();
        var numbers = rows.Select(row => row.Number).ToList();
        return measure switch
        {
            Measure.Totals or Measure.Histogram => rows.Count,
            Measure.Uniques => people,
            Measure.Sessions => rows.Select(row => row.Session).Distinct().Count(),
            Measure.AveragePerUser => people == 0 ? 0 : (double)rows.Count / people,
            Measure.Property property => Combined(numbers, new(property.Kind)),
            Measure.Percentile percentile => Combined(numbers, Summary.Percentile(percentile.Fraction)),
            Measure.Distinct => rows.SelectMany(row => row.Values).Distinct().Count(),
            Measure.PerUser perUser => Combined(Numbers(perUser.Of, rows), perUser.As),
            Measure.Frequency frequency => Numbers(frequency.Of, rows).Count,
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "no measure of this oracle"),
        };
    }

    static List<double> Numbers(UserNumber of, List<Row> rows) => [.. rows.Where(row => row.Person is not null).GroupBy(row => row.Person).Select(own => of switch
    {
        UserNumber.Events => own.Count(),
        UserNumber.Sessions => own.Select(row => row.Session).Distinct().Count(),
        UserNumber.Distinct => own.SelectMany(row => row.Values).Distinct().Count(),
        UserNumber.Property property => Combined([.. own.Select(row => row.Number)], new(property.Kind)),
        _ => throw new ArgumentOutOfRangeException(nameof(of), of, "no number of a user"),
    })];

    static double Combined(List<double> numbers, Summary summary)
    {
        if (numbers.Count == 0) return 0;
        if (summary.Fraction is null && summary.Kind != Aggregate.Median)
            return summary.Kind switch { Aggregate.Sum => numbers.Sum(), Aggregate.Average => numbers.Average(), Aggregate.Least => numbers.Min(), _ => numbers.Max() };
        // Definition 7: the place among n values, from 0, is p (n - 1).
        var ascending = numbers.Order().ToList();
        var place = (summary.Fraction ?? 0.5) * (ascending.Count - 1);
        var (below, above) = (ascending[(int)Math.Floor(place)], ascending[(int)Math.Ceiling(place)]);
        return below + (place - Math.Floor(place)) * (above - below);
    }
}
