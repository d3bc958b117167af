using System.Globalization;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>The parameters of <c>events/segmentation</c> as a definition.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Event segmentation".</remarks>
static class SegmentationChart
{
    /// <exception cref="AmplitudeQueryException">A parameter can't be used; the message names it.</exception>
    public static SegmentationDefinition Read(IQueryCollection query, ReportProject project, Instant now)
    {
        var (first, firstGroupBy) = ChartJson.Event("e", ChartParameters.Required(query, "e"));
        var events = new List<(EventSelection Selection, IReadOnlyList<Expression> GroupBy)> { (first, firstGroupBy) };
        if (!string.IsNullOrEmpty(query["e2"])) events.Add(ChartJson.Event("e2", query["e2"]!));
        var segments = ChartParameters.Segments(query);
        var unit = UnitOf(query);
        var definition = new SegmentationDefinition
        {
            Project = project,
            Now = now,
            Range = ChartParameters.Days(query, project),
            Unit = unit,
            Events = [],
            Compared = segments,
            // A grouping by user properties is honoured with a single segment only.
            Breakdowns = segments.Count > 1 ? [] : [.. ChartParameters.Groups(query, "g", "g2")],
            Lookback = LookbackOf(query, unit.Unit),
            Limit = ChartParameters.Limit(query),
            Switches = Switches.Amplitude,
        };
        if (query["m"] == "formula") return WithFormulas(definition, query, events);
        var (measure, takesFirst) = MeasureOf(query, firstGroupBy);
        return definition with
        {
            Events = [.. events.Select(item => item.Selection with { Breakdowns = [.. item.GroupBy.Skip(takesFirst ? 1 : 0).Select(by => new Breakdown(by))] })],
            Measure = measure,
        };
    }

    static SegmentationDefinition WithFormulas(SegmentationDefinition definition, IQueryCollection query, IReadOnlyList<(EventSelection Selection, IReadOnlyList<Expression> GroupBy)> events)
    {
        var terms = new FormulaTerms(events, definition.Compared.Count);
        var formulas = terms.ReadAll(ChartParameters.Required(query, "formula"));
        if (terms.Metrics.Count == 0) throw new AmplitudeQueryException("Invalid formula: it names no event");
        // A window that a formula names itself is its own; the chart's is for the others.
        return definition with { Events = terms.Events, Metrics = [.. terms.Metrics.Select(metric => metric.Lookback is null ? metric with { Lookback = definition.Lookback } : metric)], Formulas = formulas };
    }

    /// <summary><c>rollingWindow</c> and <c>rollingAverage</c>, in intervals.</summary>
    static Lookback? LookbackOf(IQueryCollection query, TimeUnit unit)
    {
        var (window, average) = (query["rollingWindow"].ToString(), query["rollingAverage"].ToString());
        if (window.Length > 0 && average.Length > 0) throw new AmplitudeQueryException("Invalid rollingAverage: there is a rollingWindow already");
        if (window.Length > 0) return new Lookback.Rolling(IntervalsOf("rollingWindow", window, unit));
        return average.Length > 0 ? new Lookback.Average(IntervalsOf("rollingAverage", average, unit)) : null;
    }

    static int IntervalsOf(string parameter, string text, TimeUnit unit)
    {
        // Source: Amplitude docs, "Event Segmentation", rolling windows; a quarter, of which nothing is said, as its months.
        var most = unit switch { TimeUnit.Minute => 36, TimeUnit.Hour => 72, TimeUnit.Day => 90, TimeUnit.Week or TimeUnit.Month => 12, TimeUnit.Quarter => 4 };
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var intervals) && intervals >= 1 && intervals <= most
            ? intervals
            : throw new AmplitudeQueryException($"Invalid {parameter} {text}: give 1 to {most} intervals");
    }

    /// <summary>The measure, and whether it takes the first grouping for its number.</summary>
    static (Measure Measure, bool TakesFirst) MeasureOf(IQueryCollection query, IReadOnlyList<Expression> groupBy) => query["m"].ToString() switch
    {
        "" or "uniques" => (new Measure.Uniques(), false),
        "totals" => (new Measure.Totals(), false),
        "average" => (new Measure.AveragePerUser(), false),
        "pct_dau" => (new Measure.ActiveShare(), false),
        "sums" => (NumberOf(groupBy, Aggregate.Sum), true),
        "value_avg" => (NumberOf(groupBy, Aggregate.Average), true),
        "histogram" => (new Measure.Histogram(NumberOf(groupBy, Aggregate.Sum).Of, null), true),
        var other => throw new AmplitudeQueryException($"Invalid metric {other}"),
    };

    static Measure.Property NumberOf(IReadOnlyList<Expression> groupBy, Aggregate kind) => groupBy.Count == 0
        ? throw new AmplitudeQueryException("Invalid metric: it needs the event's group_by to name a property")
        : new(new Expression.Call(Function.Number, [groupBy[0]]), kind);

    /// <summary><c>i</c>: how long a bucket is.</summary>
    public static BucketSize UnitOf(IQueryCollection query) => query["i"].ToString() switch
    {
        "" or "1" => new(TimeUnit.Day),
        "-300000" => new(TimeUnit.Minute, 5),
        "-3600000" => new(TimeUnit.Hour),
        "7" => new(TimeUnit.Week),
        "30" => new(TimeUnit.Month),
        "90" => new(TimeUnit.Quarter),
        var other => throw new AmplitudeQueryException($"Invalid interval {other}"),
    };
}
